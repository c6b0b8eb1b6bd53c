package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mq.core.checkpoint.InMemoryCheckpointStore;
import io.mq.core.command.CreateTopicCommand;
import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.file.SimulatedDisk.Survival;
import io.mq.core.message.PartitionId;
import io.mq.core.message.TopicConfig;
import io.mq.core.state.StateImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Parts of a data directory that do not belong together are refused; a sound one is recovered as often as it takes. */
class EngineRecoveryTest {

    private static final int MESSAGES = 200;
    private static final PartitionId PARTITION = new PartitionId(1, 0);

    private final SimulatedDisk disk = new SimulatedDisk();
    private final InMemoryCheckpointStore store = new InMemoryCheckpointStore();

    /** As it was half way. */
    private StateImage earlierCheckpoint;

    private SimulatedDisk earlierDisk;

    @BeforeEach
    void writeDataDirectory() throws IOException {
        try (EngineFixture fixture = EngineFixture.open(disk, store)) {
            fixture.engine()
                    .journal()
                    .submit(new CreateTopicCommand(
                            "t", 1, TopicConfig.DEFAULTS, EngineFixture.SEGMENT_BYTES, EngineFixture.NOW))
                    .join();
            publish(fixture, 0, MESSAGES / 2);
            fixture.engine().checkpoint();
            earlierCheckpoint = store.load();
            earlierDisk = found(Survival.EVERYTHING);
            publish(fixture, MESSAGES / 2, MESSAGES);
            fixture.engine().checkpoint();
        }
    }

    private static void publish(EngineFixture fixture, int from, int to) {
        for (int i = from; i < to; i++) {
            fixture.engine()
                    .journal()
                    .submit(EngineFixture.append(PARTITION, "m" + i))
                    .join();
        }
    }

    private SimulatedDisk found(Survival survival) {
        return disk.afterPowerCut(survival, new Random(1));
    }

    private static List<String> messages(int count) {
        return IntStream.range(0, count).mapToObj(i -> "m" + i).toList();
    }

    private static StartupException refusal(SimulatedDisk on, StateImage checkpoint) {
        return catchThrowableOfType(
                StartupException.class, () -> EngineFixture.open(on, new InMemoryCheckpointStore(checkpoint)));
    }

    private List<Path> segments() {
        return disk.files().stream()
                .filter(file -> file.toString().endsWith(".log"))
                .toList();
    }

    @Test
    void recoveryCanBeRepeatedWithoutAChange() throws IOException {
        for (int start = 0; start < 5; start++) {
            try (EngineFixture fixture = EngineFixture.open(disk, store)) {
                assertThat(EngineFixture.payloads(fixture.log(PARTITION))).isEqualTo(messages(MESSAGES));
            }
        }
    }

    @Test
    void missingOldestSegmentIsRefused() throws IOException {
        assertThat(segments()).hasSizeGreaterThan(3);
        Path oldest = segments().get(0);
        disk.delete(oldest);
        StartupException refusal = refusal(disk, store.load());
        assertThat(refusal.failure()).isEqualTo(StartupFailure.CORRUPT_DATA);
        assertThat(refusal).hasMessageContaining("the oldest segment starts at offset");
    }

    @Test
    void missingNewestSegmentIsRefused() throws IOException {
        Path newest = segments().get(segments().size() - 1);
        disk.delete(newest);
        StartupException refusal = refusal(disk, store.load());
        assertThat(refusal.failure()).isEqualTo(StartupFailure.CORRUPT_DATA);
        assertThat(refusal).hasMessageContaining(newest + "@0");
    }

    @Test
    void olderCheckpointBesideANewerJournalIsRefused() {
        StartupException refusal = refusal(disk, earlierCheckpoint);
        assertThat(refusal.failure()).isEqualTo(StartupFailure.CORRUPT_DATA);
    }

    @Test
    void emptyCheckpointBesideAJournalIsRefused() {
        StartupException refusal = refusal(disk, StateImage.EMPTY);
        assertThat(refusal.failure()).isEqualTo(StartupFailure.CORRUPT_DATA);
        assertThat(refusal).hasMessageContaining("journal");
    }

    @Test
    void newerCheckpointBesideAnOlderDiskIsRefused() {
        StartupException refusal = refusal(earlierDisk, store.load());
        assertThat(refusal.failure()).isEqualTo(StartupFailure.CORRUPT_DATA);
    }

    @Test
    void copyOfDiskAndCheckpointTogetherIsRecovered() throws IOException {
        try (EngineFixture fixture = EngineFixture.open(earlierDisk, new InMemoryCheckpointStore(earlierCheckpoint))) {
            assertThat(EngineFixture.payloads(fixture.log(PARTITION))).isEqualTo(messages(MESSAGES / 2));
        }
    }

    @Test
    void diskTooFullToRecoverIsRefusedAndLosesNothing() throws IOException {
        try (EngineFixture fixture = EngineFixture.open(disk, store)) {
            publish(fixture, MESSAGES, MESSAGES + 50);
        }
        SimulatedDisk after = found(Survival.NOTHING);
        after.setCapacity(0);
        StartupException refusal = refusal(after, store.load());
        assertThat(refusal.failure()).isEqualTo(StartupFailure.DISK_FULL);
        assertThat(refusal).hasMessageContaining("free some space and start again");
        after.setCapacity(Long.MAX_VALUE);
        try (EngineFixture fixture = EngineFixture.open(after, new InMemoryCheckpointStore(store.load()))) {
            assertThat(EngineFixture.payloads(fixture.log(PARTITION))).isEqualTo(messages(MESSAGES + 50));
        }
    }

    @Test
    void recoveryTellsWhatItHadToMakeUpFor() throws IOException {
        try (EngineFixture fixture = EngineFixture.open(disk, store)) {
            assertThat(fixture.engine().recovery().commands()).isZero();
            publish(fixture, MESSAGES, MESSAGES + 7);
        }
        try (EngineFixture fixture = EngineFixture.open(disk, store)) {
            assertThat(fixture.engine().recovery().commands()).isEqualTo(7);
            assertThat(fixture.engine().recovery().bytes()).isPositive();
        }
    }
}
