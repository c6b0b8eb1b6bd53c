package io.mq.core.storage;

import static io.mq.core.storage.LogFixture.DIRECTORY;
import static io.mq.core.storage.LogFixture.TIME;
import static io.mq.core.storage.LogFixture.expected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mq.core.file.CorruptFileException;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.file.SimulatedDisk.Operation;
import io.mq.core.file.SimulatedDisk.Survival;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A log is opened from what a crash left of its files, as a checkpoint knew it. */
class SegmentRecoveryTest {

    private LogFixture fixture;

    @BeforeEach
    void createLog() throws IOException {
        fixture = LogFixture.create();
    }

    private static Path segment(int base) {
        return DIRECTORY.resolve("%020d.log".formatted(base));
    }

    @Test
    void whatWasWrittenAfterTheCheckpointIsCutOff() throws Exception {
        LogState checkpoint = fixture.append(20).forced();
        fixture.append(5);
        LogFixture found = fixture.recovered(checkpoint);
        assertThat(found.disk().size(segment(16))).isEqualTo(4 * 128);
        assertThat(found.payloads()).isEqualTo(expected(0, 20));
        assertThat(found.append(3).payloads()).isEqualTo(expected(0, 23));
    }

    @Test
    void segmentsThatWereStartedAfterTheCheckpointAreDeleted() throws Exception {
        LogState checkpoint = fixture.append(20).forced();
        fixture.append(60).forced();
        LogFixture found = fixture.recovered(checkpoint);
        assertThat(found.files(".log")).containsExactly(segment(0), segment(16));
        assertThat(found.append(60).payloads()).isEqualTo(expected(0, 80));
    }

    @Test
    void tornRestBehindTheCheckpointIsCutOffWhateverItIs() throws Exception {
        LogState checkpoint = fixture.append(20).forced();
        byte[] sound = fixture.disk().content(segment(16));
        fixture.append(3);
        byte[] longer = fixture.disk().content(segment(16));
        for (int length = sound.length; length <= longer.length; length++) {
            fixture.disk().setContent(segment(16), Arrays.copyOf(longer, length));
            LogFixture found = fixture.recovered(checkpoint);
            assertThat(found.payloads()).isEqualTo(expected(0, 20));
            assertThat(found.disk().content(segment(16))).isEqualTo(sound);
        }
    }

    @Test
    void fileShorterThanTheCheckpointIsRefusedAtAnyLength() throws IOException {
        LogState checkpoint = fixture.append(20).forced();
        byte[] sound = fixture.disk().content(segment(16));
        for (int length = 0; length < sound.length; length++) {
            fixture.disk().setContent(segment(16), Arrays.copyOf(sound, length));
            assertThat(catchThrowableOfType(CorruptFileException.class, () -> fixture.reopened(checkpoint)))
                    .hasMessageContaining("%s@%d: segment file ends here", segment(16), length)
                    .hasMessageContaining("a checkpoint has forced %d bytes", sound.length);
        }
    }

    @Test
    void missingActiveFileIsRefused() throws IOException {
        LogState checkpoint = fixture.append(20).forced();
        fixture.disk().delete(segment(16));
        assertThat(catchThrowableOfType(CorruptFileException.class, () -> fixture.reopened(checkpoint)))
                .hasMessageContaining("%s@0", segment(16));
    }

    @Test
    void missingOldestSegmentIsRefusedUnlessTheReplayMovesTheStartBehindIt() throws IOException {
        LogState checkpoint = fixture.append(40).forced();
        fixture.disk().delete(segment(0));
        LogFixture found = fixture.reopened(checkpoint);
        assertThat(catchThrowableOfType(
                        CorruptFileException.class, () -> found.log().completeRecovery()))
                .hasMessageContaining("the oldest segment starts at offset 16, but the log at 0");
        found.log().advanceStart(16);
        assertThatCode(() -> found.log().completeRecovery()).doesNotThrowAnyException();
    }

    @Test
    void missingSegmentInTheMiddleIsFoundByWhoReadsIt() throws Exception {
        LogState checkpoint = fixture.append(60).forced();
        fixture.disk().delete(segment(16));
        LogFixture found = fixture.reopened(checkpoint);
        assertThat(catchThrowableOfType(CorruptFileException.class, () -> found.payloadsFrom(0, 1000)))
                .hasMessageContaining("offset 16 expected in this segment, not found");
        assertThat(found.payloadsFrom(32, 1000)).isEqualTo(expected(32, 60));
    }

    @Test
    void stateIsTheSameAfterReopening() throws IOException {
        LogState checkpoint = fixture.append(40).forced();
        assertThat(fixture.reopened(checkpoint).log().state()).isEqualTo(checkpoint);
    }

    @Test
    void replayedRecordsGiveTheSameBytes() throws Exception {
        LogState checkpoint = fixture.append(20).forced();
        fixture.append(30);
        byte[] before = fixture.disk().content(segment(32));
        LogFixture found = fixture.reopened(checkpoint).append(30);
        assertThat(found.disk().content(segment(32))).isEqualTo(before);
    }

    @Test
    void checkpointIsThereAfterAPowerCutAtAnyLaterOperation() throws Exception {
        LogState checkpoint = fixture.append(20).forced();
        Random random = new Random(7);
        AtomicInteger cuts = new AtomicInteger();
        SimulatedDisk disk = fixture.disk();
        disk.setHook((operation, path) -> {
            for (Survival survival : Survival.values()) {
                LogFixture found = LogFixture.open(disk.afterPowerCut(survival, random), checkpoint);
                try {
                    assertThat(found.payloads()).isEqualTo(expected(0, 20));
                } catch (OffsetOutOfRangeException e) {
                    throw new AssertionError(e);
                }
            }
            cuts.incrementAndGet();
        });
        for (int i = 0; i < 20; i++) {
            fixture.append(3);
        }
        assertThat(cuts).hasValueGreaterThan(20);
    }

    @Test
    void segmentAndItsNameAreForcedByTheLogsForce() throws Exception {
        LogState checkpoint = fixture.append(40).forced();
        LogFixture found = LogFixture.open(fixture.disk().afterPowerCut(Survival.NOTHING, new Random(1)), checkpoint);
        assertThat(found.payloads()).isEqualTo(expected(0, 40));
    }

    @Test
    void failedForceIsRememberedAndNotTriedAgain() throws IOException {
        fixture.append(20);
        AtomicInteger forces = new AtomicInteger();
        fixture.disk().setHook((operation, path) -> {
            if (operation == Operation.FORCE && forces.getAndIncrement() == 0) {
                throw new IOException("Input/output error");
            }
        });
        assertThat(catchThrowableOfType(IOException.class, () -> fixture.log().force()))
                .hasMessage("Input/output error");
        fixture.append(1);
        assertThat(catchThrowableOfType(IOException.class, () -> fixture.log().force()))
                .hasMessageContaining("an earlier force failed")
                .hasRootCauseMessage("Input/output error");
        assertThat(forces).as("forces, the failed one included").hasValue(1);
    }

    @Test
    void filesOfOthersInTheDirectoryAreLeftAlone() throws Exception {
        LogState checkpoint = fixture.append(20).forced();
        fixture.disk().create(DIRECTORY.resolve("notes.txt")).close();
        assertThat(fixture.reopened(checkpoint).payloads()).isEqualTo(expected(0, 20));
        assertThat(fixture.disk().exists(DIRECTORY.resolve("notes.txt"))).isTrue();
    }

    @Test
    void timesGoOnFromTheCheckpoint() throws IOException {
        LogState checkpoint = fixture.append(20).forced();
        LogFixture found = fixture.reopened(checkpoint);
        assertThat(found.log().maxTimeMillis()).isEqualTo(TIME + 19);
    }
}
