package io.mq.core.storage;

import static io.mq.core.storage.LogFixture.DIRECTORY;
import static io.mq.core.storage.LogFixture.TIME;
import static io.mq.core.storage.LogFixture.expected;
import static io.mq.core.storage.LogFixture.payload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mq.batch.RecordBatch;
import io.mq.core.file.CorruptFileException;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.file.SimulatedDisk.Operation;
import io.mq.core.file.SimulatedDisk.Survival;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Batches that are forced into their segment before the journal has them, and what a recovery makes of them. */
class PlacedBatchesTest {

    private static final int BATCH_BYTES = 128;

    private LogFixture fixture;
    private LogState checkpoint;

    @BeforeEach
    void createLog() throws IOException {
        fixture = LogFixture.create();
        checkpoint = fixture.append(20).forced();
    }

    private static Path segment(int base) {
        return DIRECTORY.resolve("%020d.log".formatted(base));
    }

    /** Appends numbered records in batches of their own and places them. */
    private List<RecordBatch> place(int from, int to) throws IOException {
        for (int number = from; number < to; number++) {
            fixture.append(TIME + number, payload(number));
        }
        return fixture.log().place(1);
    }

    private static ByteBuffer header(RecordBatch batch) {
        return batch.bytes().slice(0, RecordBatch.HEADER_BYTES);
    }

    private LogFixture afterPowerCut() throws IOException {
        return LogFixture.open(fixture.disk().afterPowerCut(Survival.NOTHING, new Random(1)), checkpoint);
    }

    private static void replay(LogFixture found, List<RecordBatch> placed) throws IOException {
        for (RecordBatch batch : placed) {
            found.log().append(found.log().readPlaced(header(batch)), 0);
        }
        assertThat(found.log().flush()).isTrue();
        found.log().completeRecovery();
    }

    @Test
    void readersDoNotSeeThemBeforeTheFlush() throws Exception {
        place(20, 30);
        assertThat(fixture.log().end()).isEqualTo(20);
        assertThat(fixture.payloadsFrom(0, 100_000)).isEqualTo(expected(0, 20));
        assertThat(fixture.log().sizeInBytes()).isEqualTo(20 * BATCH_BYTES);
        assertThat(fixture.log().flush()).isTrue();
        assertThat(fixture.payloadsFrom(0, 100_000)).isEqualTo(expected(0, 30));
    }

    @Test
    void flushDoesNotWriteThemAgain() throws Exception {
        place(20, 30);
        fixture.disk().setHook((operation, path) -> assertThat(operation).isNotEqualTo(Operation.WRITE));
        assertThat(fixture.log().flush()).isTrue();
    }

    @Test
    void powerCutLeavesThemWithTheirSegments() throws Exception {
        List<RecordBatch> placed = place(20, 60);
        assertThat(placed).hasSize(40);
        assertThat(fixture.files(".log")).hasSize(4);
        LogFixture found = afterPowerCut();
        replay(found, placed);
        assertThat(found.payloads()).isEqualTo(expected(0, 60));
        for (Path file : fixture.files(".log")) {
            assertThat(found.disk().content(file)).isEqualTo(fixture.disk().content(file));
        }
    }

    @Test
    void nameOfANewSegmentIsForcedOnce() throws Exception {
        List<Operation> operations = new ArrayList<>();
        fixture.disk().setHook((operation, path) -> operations.add(operation));
        place(20, 22);
        assertThat(operations).as("in a known file").containsOnlyOnce(Operation.FORCE);
        assertThat(operations).doesNotContain(Operation.FORCE_DIRECTORY);
        fixture.log().flush();
        place(22, 40);
        assertThat(operations).as("in a new file").containsOnlyOnce(Operation.FORCE_DIRECTORY);
        fixture.log().flush();
        place(40, 42);
        assertThat(operations).as("in the same file again").containsOnlyOnce(Operation.FORCE_DIRECTORY);
    }

    @Test
    void fewerBytesAreNotPlaced() throws Exception {
        fixture.append(TIME, payload(20));
        fixture.disk().setHook((operation, path) -> {
            throw new IOException(operation + " of " + path);
        });
        assertThat(fixture.log().place(BATCH_BYTES + 1)).isEmpty();
    }

    @Test
    void fullDiskPlacesNothingAndALaterFlushWritesAll() throws Exception {
        fixture.disk().setCapacity(22 * BATCH_BYTES);
        assertThat(place(20, 40)).isEmpty();
        assertThat(fixture.log().flush()).isFalse();
        fixture.disk().setCapacity(Long.MAX_VALUE);
        assertThat(fixture.log().flush()).isTrue();
        assertThat(fixture.payloads()).isEqualTo(expected(0, 40));
    }

    @Test
    void failedForceIsAFailureForEver() throws Exception {
        fixture.disk().setHook((operation, path) -> {
            if (operation == Operation.FORCE) {
                throw new IOException("Input/output error");
            }
        });
        assertThat(catchThrowableOfType(IOException.class, () -> place(20, 22))).hasMessage("Input/output error");
        fixture.disk().setHook((operation, path) -> {});
        assertThat(catchThrowableOfType(IOException.class, () -> place(22, 24)))
                .hasMessageContaining("an earlier force failed");
    }

    @Test
    void whatTheJournalDoesNotKnowOfGoes() throws Exception {
        List<RecordBatch> placed = place(20, 60);
        LogFixture found = afterPowerCut();
        assertThat(found.files(".log")).hasSize(4);
        replay(found, placed.subList(0, 5));
        assertThat(found.files(".log")).containsExactly(segment(0), segment(16));
        assertThat(found.disk().size(segment(16))).isEqualTo(9 * BATCH_BYTES);
        assertThat(found.append(40).payloads()).isEqualTo(expected(0, 65));
    }

    @Test
    void anyFlippedBitIsFoundByTheReplay() throws Exception {
        List<RecordBatch> placed = place(20, 22);
        for (long bit = 4L * BATCH_BYTES * 8; bit < 6L * BATCH_BYTES * 8; bit++) {
            LogFixture found = afterPowerCut();
            found.disk().flipBit(segment(16), bit);
            assertThat(catchThrowableOfType(CorruptFileException.class, () -> replay(found, placed)))
                    .as("bit %d", bit)
                    .hasMessageContaining("%s@", segment(16));
        }
    }

    @Test
    void shortOrMissingFileIsFoundByTheReplay() throws Exception {
        List<RecordBatch> placed = place(20, 40);
        for (int length = 4 * BATCH_BYTES; length < 16 * BATCH_BYTES; length += 37) {
            LogFixture found = afterPowerCut();
            found.disk().setContent(segment(16), Arrays.copyOf(found.disk().content(segment(16)), length));
            assertThat(catchThrowableOfType(CorruptFileException.class, () -> replay(found, placed)))
                    .hasMessageContaining("%s@%d: segment file ends here", segment(16), length);
        }
        LogFixture found = afterPowerCut();
        found.disk().delete(segment(32));
        assertThat(catchThrowableOfType(CorruptFileException.class, () -> replay(found, placed)))
                .hasMessageContaining("%s@0: the journal has a batch here, but the file is missing", segment(32));
    }

    @Test
    void anotherBatchAtThePlaceIsFoundByTheReplay() throws Exception {
        List<RecordBatch> placed = place(20, 22);
        assertThat(catchThrowableOfType(
                        CorruptFileException.class, () -> replay(afterPowerCut(), List.of(placed.get(1)))))
                .hasMessageContaining("the journal has the batch of offset 21 here, the log that of 20");
        RecordBatch other = RecordBatch.wrap(ByteBuffer.wrap(bytesOf(placed.get(0))));
        other.stampAppendTime(TIME - 1);
        other.stamp(20, 0);
        assertThat(catchThrowableOfType(CorruptFileException.class, () -> replay(afterPowerCut(), List.of(other))))
                .hasMessageContaining("batch header differs from what the journal has of it");
    }

    private static byte[] bytesOf(RecordBatch batch) {
        byte[] bytes = new byte[batch.sizeInBytes()];
        batch.bytes().get(bytes);
        return bytes;
    }

    @Test
    void recoveryThatFindsTheDiskFullKeepsThem() throws Exception {
        List<RecordBatch> placed = place(20, 30);
        LogFixture full = afterPowerCut();
        full.append(TIME, "x".repeat(300));
        full.disk().setCapacity(0);
        SimulatedDisk disk = full.disk();
        LogFixture found = LogFixture.open(disk, checkpoint);
        for (RecordBatch batch : placed) {
            found.log().append(found.log().readPlaced(header(batch)), 0);
        }
        found.append(TIME, "x".repeat(3000));
        assertThat(found.log().flush()).isFalse();
        found.log().completeRecovery();
        disk.setCapacity(Long.MAX_VALUE);
        LogFixture again = LogFixture.open(disk, checkpoint);
        replay(again, placed);
        assertThat(again.payloads()).isEqualTo(expected(0, 30));
    }
}
