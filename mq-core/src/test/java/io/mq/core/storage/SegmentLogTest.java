package io.mq.core.storage;

import static io.mq.core.storage.LogFixture.DIRECTORY;
import static io.mq.core.storage.LogFixture.SEGMENT_BYTES;
import static io.mq.core.storage.LogFixture.TIME;
import static io.mq.core.storage.LogFixture.expected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mq.batch.RecordBatch;
import io.mq.batch.Seeds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SegmentLogTest {

    private static final int RECORDS_OF_THREE_SEGMENTS = 40;

    private LogFixture fixture;
    private SegmentLog log;

    @BeforeEach
    void createLog() throws IOException {
        fixture = LogFixture.create();
        log = fixture.log();
    }

    @Test
    void newLogIsEmptyAndTakesNoDisk() throws Exception {
        assertThat(log.start()).isZero();
        assertThat(log.end()).isZero();
        assertThat(log.read(new LogCursor(0), 1000).isEmpty()).isTrue();
        assertThat(log.offsetAtTime(0)).isZero();
        assertThat(log.pieces()).isEmpty();
        assertThat(fixture.disk().files()).isEmpty();
    }

    @Test
    void offsetsFollowEachOtherAcrossBatches() throws Exception {
        fixture.append(TIME, "a", "b", "c");
        fixture.append(TIME, "d");
        fixture.append(TIME, "e", "f");
        log.flush();
        assertThat(log.end()).isEqualTo(6);
        assertThat(fixture.payloads()).containsExactly("a", "b", "c", "d", "e", "f");
    }

    @Test
    void appendedRecordIsUnseenUntilItIsFlushed() throws Exception {
        fixture.append(TIME, "a");
        assertThat(log.end()).isZero();
        assertThat(log.read(new LogCursor(0), 1000).isEmpty()).isTrue();
        log.flush();
        assertThat(log.end()).isEqualTo(1);
        assertThat(fixture.payloads()).containsExactly("a");
    }

    @Test
    void segmentIsFullBeforeTheNextOneStartsAndIsNamedByItsFirstOffset() throws IOException {
        fixture.append(40);
        int perSegment = SEGMENT_BYTES / 128;
        List<Path> segments = fixture.files(".log");
        assertThat(segments)
                .containsExactly(
                        DIRECTORY.resolve("%020d.log".formatted(0)),
                        DIRECTORY.resolve("%020d.log".formatted(perSegment)),
                        DIRECTORY.resolve("%020d.log".formatted(2 * perSegment)));
        assertThat(fixture.disk().size(segments.get(0))).isEqualTo(SEGMENT_BYTES);
        assertThat(log.sizeInBytes()).isEqualTo(40 * 128);
    }

    @Test
    void batchLargerThanASegmentGetsOneOfItsOwn() throws Exception {
        String large = "x".repeat(2 * SEGMENT_BYTES);
        fixture.append(TIME, "a");
        fixture.append(TIME, large);
        fixture.append(TIME, "b");
        log.flush();
        assertThat(fixture.files(".log")).hasSize(3);
        assertThat(fixture.payloads()).containsExactly("a", large, "b");
    }

    @Test
    void anyOffsetIsReadWithAnyBound() throws Exception {
        fixture.append(50);
        for (int offset = 0; offset <= 50; offset++) {
            for (int bytesMax : new int[] {1, 127, 128, 129, 1000, 100_000}) {
                assertThat(fixture.payloadsFrom(offset, bytesMax)).isEqualTo(expected(offset, 50));
            }
        }
    }

    @Test
    void readStaysBelowItsBoundExceptForAFirstBatch() throws Exception {
        fixture.append(30);
        assertThat(log.read(new LogCursor(0), 128 * 3).batches()).hasSize(3);
        assertThat(log.read(new LogCursor(0), 128 * 3 - 1).batches()).hasSize(2);
        assertThat(log.read(new LogCursor(0), 1).batches()).hasSize(1);
    }

    @Test
    void readInTheMiddleOfABatchGivesTheWholeBatch() throws Exception {
        fixture.append(TIME, "a", "b", "c");
        log.flush();
        List<RecordBatch> batches = log.read(new LogCursor(2), 1000).batches();
        assertThat(batches)
                .singleElement()
                .satisfies(batch -> assertThat(batch.baseOffset()).isZero());
        assertThat(fixture.payloadsFrom(2, 1000)).containsExactly("c");
    }

    @Test
    void offsetOutsideIsRefusedWithBothEnds() throws IOException {
        fixture.append(30);
        log.advanceStart(10);
        OffsetOutOfRangeException below =
                catchThrowableOfType(OffsetOutOfRangeException.class, () -> log.read(new LogCursor(9), 1));
        assertThat(below).hasMessageContaining("offset 9 is outside the log, which has 10 to 30");
        assertThat(below.start()).isEqualTo(10);
        assertThat(below.end()).isEqualTo(30);
        assertThat(catchThrowableOfType(OffsetOutOfRangeException.class, () -> log.read(new LogCursor(31), 1)))
                .isNotNull();
    }

    @Test
    void cursorWithAHintReadsTheSameAsOneWithout() {
        Seeds.forEach(20, random -> {
            LogFixture some = LogFixture.create();
            int count = 0;
            for (int i = 0; i < 40; i++) {
                int records = 1 + random.nextInt(4);
                some.append(
                        TIME,
                        IntStream.range(0, records)
                                .mapToObj(n -> "x".repeat(random.nextInt(300)))
                                .toArray(String[]::new));
                count += records;
            }
            some.log().flush();
            for (int i = 0; i < 50; i++) {
                LogCursor hinted = new LogCursor(random.nextInt(count));
                LogSlice slice = some.log().read(hinted, 1 + random.nextInt(3000));
                RecordBatch first = slice.batches().get(0);
                hinted.moveTo(first.nextOffset(), slice, first.sizeInBytes());
                LogCursor plain = new LogCursor(first.nextOffset());
                assertThat(bytes(some.log().read(hinted, 700)))
                        .isEqualTo(bytes(some.log().read(plain, 700)));
            }
        });
    }

    private static List<ByteBuffer> bytes(LogSlice slice) {
        return slice.batches().stream().map(RecordBatch::bytes).toList();
    }

    @Test
    void startAdvancesAndNeverGoesBackNorBeyondTheEnd() throws Exception {
        fixture.append(30);
        log.advanceStart(10);
        log.advanceStart(5);
        assertThat(log.start()).isEqualTo(10);
        assertThat(fixture.payloads()).isEqualTo(expected(10, 30));
        log.advanceStart(1000);
        assertThat(log.start()).isEqualTo(30);
        assertThat(fixture.payloads()).isEmpty();
    }

    @Test
    void logThatWasGivenUpWhollyGoesOnWithTheNextOffset() throws Exception {
        fixture.append(5);
        log.advanceStart(5);
        fixture.append(2);
        assertThat(log.end()).isEqualTo(7);
        assertThat(fixture.payloads()).isEqualTo(expected(5, 7));
    }

    @Test
    void obsoleteSegmentsAreDeletedOnceACheckpointDoesNotNeedThem() throws Exception {
        fixture.append(50);
        log.advanceStart(40);
        log.deleteObsolete();
        assertThat(fixture.files(".log"))
                .as("segments that the last checkpoint needs")
                .hasSize(4);
        log.checkpointed(fixture.forced());
        log.deleteObsolete();
        assertThat(fixture.files(".log")).hasSize(2);
        assertThat(fixture.files("index")).as("indexes of the two segments").hasSize(4);
        assertThat(fixture.payloads()).isEqualTo(expected(40, 50));
    }

    @Test
    void readerOfADeletedSegmentLearnsWhereTheLogStartsNow() throws Exception {
        fixture.append(50);
        log.checkpointed(fixture.forced());
        log.advanceStart(40);
        log.deleteObsolete();
        OffsetOutOfRangeException gone =
                catchThrowableOfType(OffsetOutOfRangeException.class, () -> log.read(new LogCursor(3), 1));
        assertThat(gone.start()).isEqualTo(40);
    }

    @Test
    void offsetAtATimeIsTheFirstOneAppendedThenOrLater() throws IOException {
        fixture.append(RECORDS_OF_THREE_SEGMENTS);
        for (int wanted = 0; wanted < RECORDS_OF_THREE_SEGMENTS; wanted++) {
            assertThat(log.offsetAtTime(TIME + wanted)).isEqualTo(wanted);
        }
        assertThat(log.offsetAtTime(0)).isZero();
        assertThat(log.offsetAtTime(TIME + 1000)).isEqualTo(RECORDS_OF_THREE_SEGMENTS);
        log.advanceStart(20);
        assertThat(log.offsetAtTime(TIME)).isEqualTo(20);
    }

    @Test
    void offsetAtATimeIsRightWhereTheClockWentBack() throws IOException {
        for (long time : new long[] {10, 20, 5, 7, 30, 6, 25, 40}) {
            fixture.append(TIME + time, "x".repeat(900));
        }
        log.flush();
        assertThat(log.offsetAtTime(TIME + 10)).isZero();
        assertThat(log.offsetAtTime(TIME + 11)).isEqualTo(1);
        assertThat(log.offsetAtTime(TIME + 21)).isEqualTo(4);
        assertThat(log.offsetAtTime(TIME + 31)).isEqualTo(7);
    }

    /** The search holds the list of segments while retention deletes their files. */
    @Test
    void searchByTimePassesOverASegmentThatIsDeletedMeanwhile() throws IOException {
        LogFixture cold = fixture.append(RECORDS_OF_THREE_SEGMENTS).reopened(fixture.forced());
        cold.log().advanceStart(20);
        cold.disk().delete(cold.files(".log").get(0));
        assertThat(cold.log().offsetAtTime(TIME + 3)).isEqualTo(20);
        assertThat(cold.log().offsetAtTime(TIME + 30)).isEqualTo(30);
    }

    @Test
    void searchByTimeDoesNotPassOverAMissingSegment() throws IOException {
        LogFixture cold = fixture.append(RECORDS_OF_THREE_SEGMENTS).reopened(fixture.forced());
        cold.log().advanceStart(10);
        cold.disk().delete(cold.files(".log").get(0));
        assertThat(catchThrowableOfType(IOException.class, () -> cold.log().offsetAtTime(TIME + 3)))
                .isNotNull();
    }

    @Test
    void deletedLogIsEmptyToReadersAndGoneFromDisk() throws Exception {
        fixture.append(50);
        LogCursor reader = new LogCursor(3);
        log.delete();
        assertThat(fixture.disk().files()).isEmpty();
        assertThat(log.start()).isEqualTo(log.end());
        assertThat(catchThrowableOfType(OffsetOutOfRangeException.class, () -> log.read(reader, 1)))
                .isNotNull();
        assertThat(log.read(new LogCursor(log.end()), 1).isEmpty()).isTrue();
    }

    @Test
    void fullDiskKeepsAppendedRecordsUnseenUntilThereIsRoom() throws Exception {
        fixture.append(20);
        fixture.disk().setCapacity(0);
        fixture.append(TIME, "late");
        assertThat(log.flush()).isFalse();
        assertThat(log.end()).isEqualTo(20);
        assertThat(fixture.payloads()).isEqualTo(expected(0, 20));
        fixture.disk().setCapacity(Long.MAX_VALUE);
        assertThat(log.flush()).isTrue();
        assertThat(fixture.payloadsFrom(20, 1000)).containsExactly("late");
    }

    @Test
    void diskThatFillsUpInTheMiddleOfAFlushLosesNothing() throws Exception {
        for (int room = 0; room < 128 * 40; room += 100) {
            LogFixture tight = LogFixture.create();
            List<String> all = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                tight.append(TIME, LogFixture.payload(i));
                all.add(LogFixture.payload(i));
            }
            tight.disk().setCapacity(room);
            assertThat(tight.log().flush())
                    .as("flush with room for %d bytes", room)
                    .isFalse();
            assertThat(tight.payloads()).isEmpty();
            tight.disk().setCapacity(Long.MAX_VALUE);
            assertThat(tight.log().flush()).isTrue();
            assertThat(tight.payloads()).isEqualTo(all);
        }
    }

    @Test
    void statesSayWhatACheckpointHasToKeep() throws IOException {
        fixture.append(20);
        log.advanceStart(3);
        assertThat(log.state()).isEqualTo(new LogState(3, 20, 16, 4 * 128, TIME + 19));
    }

    /** An error of a later write-back would reach nobody through a closed file. */
    @Test
    void writtenSegmentIsForcedBeforeItsFileIsClosed() throws IOException {
        fixture.append(10);
        for (int other = 0; other < 16; other++) {
            fixture.files().acquireOrCreate(DIRECTORY.resolve("other" + other)).close();
        }
        fixture.disk().forceDirectory(DIRECTORY);
        Path segment = fixture.files(".log").get(0);
        assertThat(fixture.disk().durableContent(segment))
                .hasValueSatisfying(durable -> assertThat(durable).hasSize(10 * 128));
    }

    @Test
    void forceReachesEverySegmentThatWasWrittenAndTheDirectory() throws IOException {
        fixture.append(40);
        fixture.forced();
        assertThat(fixture.files(".log"))
                .allSatisfy(file -> assertThat(fixture.disk().durableContent(file))
                        .hasValueSatisfying(durable ->
                                assertThat(durable).isEqualTo(fixture.disk().content(file))));
    }
}
