package io.mq.core.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.batch.Seeds;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.file.WatchedDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Indexes are hints: whatever happens to them, every offset and every time is found. */
class IndexTest {

    /** Four entries of each index in a full segment. */
    private static final int SEGMENT_BYTES = 64 << 10;

    private static final int RECORDS = 150;

    private final SimulatedDisk disk = new SimulatedDisk();
    private LogFixture fixture;
    private LogState checkpoint;
    private List<Path> indexes;

    private static String payload(int number) {
        return "%-1000s".formatted("record " + number);
    }

    private LogFixture open(LogState state) throws IOException {
        return LogFixture.open(disk, disk, SEGMENT_BYTES, state);
    }

    private static void append(LogFixture target, int from, int to) throws IOException {
        for (int number = from; number < to; number++) {
            target.append(LogFixture.TIME + number, payload(number));
        }
        target.log().flush();
    }

    @BeforeEach
    void writeLog() throws Exception {
        fixture = open(LogState.NEW);
        append(fixture, 0, RECORDS);
        checkpoint = fixture.forced();
        assertEverythingIsFound(fixture, "an undamaged log");
        indexes = fixture.files("index");
        assertThat(fixture.files(".log")).hasSize(3);
        assertThat(indexes).hasSize(6);
        assertThat(indexes.subList(0, 4))
                .allSatisfy(file -> assertThat(disk.size(file)).isEqualTo(4 * 24));
    }

    private void assertEverythingIsFound(LogFixture found, String when) throws Exception {
        for (int wanted = 0; wanted < RECORDS; wanted += 7) {
            LogSlice slice = found.log().read(new LogCursor(wanted), 1);
            assertThat(slice.batches().get(0).baseOffset())
                    .as("offset read with " + when)
                    .isEqualTo(wanted);
            assertThat(found.log().offsetAtTime(LogFixture.TIME + wanted))
                    .as("offset at time %d with %s", wanted, when)
                    .isEqualTo(wanted);
        }
    }

    @Test
    void flippedBitOfAnIndexChangesNothing() throws Exception {
        for (Path file : indexes) {
            byte[] content = disk.content(file);
            for (int at = 0; at < content.length; at++) {
                byte[] damaged = content.clone();
                damaged[at] ^= (byte) (1 << at % 8);
                disk.setContent(file, damaged);
                assertEverythingIsFound(open(checkpoint), "a bit of %s@%d flipped".formatted(file, at));
            }
            disk.setContent(file, content);
        }
    }

    @Test
    void indexCutAtAnyByteChangesNothing() throws Exception {
        for (Path file : indexes) {
            byte[] content = disk.content(file);
            for (int length = 0; length < content.length; length++) {
                disk.setContent(file, Arrays.copyOf(content, length));
                assertEverythingIsFound(open(checkpoint), "%s cut to %d bytes".formatted(file, length));
            }
            disk.setContent(file, content);
        }
    }

    @Test
    void noiseInPlaceOfAllIndexesChangesNothing() throws Exception {
        Random random = new Random(5);
        for (Path file : indexes) {
            byte[] noise = new byte[240];
            random.nextBytes(noise);
            disk.setContent(file, noise);
        }
        assertEverythingIsFound(open(checkpoint), "noise in place of all indexes, seed 5");
    }

    @Test
    void deletedIndexesChangeNothingAndComeBackForCompleteSegments() throws Exception {
        List<byte[]> before = indexes.stream().map(disk::content).toList();
        for (Path file : indexes) {
            disk.delete(file);
        }
        LogFixture found = open(checkpoint);
        assertEverythingIsFound(found, "all indexes deleted");
        List<Path> rebuilt = found.files("index");
        assertThat(rebuilt).isEqualTo(indexes.subList(0, 4));
        assertThat(rebuilt.stream().map(disk::content).toList())
                .usingElementComparator(Arrays::compare)
                .isEqualTo(before.subList(0, 4));
    }

    @Test
    void indexesAreNeverForced() throws IOException {
        append(fixture, RECORDS, RECORDS + 100);
        disk.setHook((operation, path) -> {
            if (operation == SimulatedDisk.Operation.FORCE) {
                assertThat(path.toString()).endsWith(".log");
            }
        });
        fixture.forced();
    }

    @Test
    void diskTooFullForAnIndexCostsNothingButTheHint() throws Exception {
        for (Path file : indexes) {
            disk.delete(file);
        }
        disk.setCapacity(0);
        assertEverythingIsFound(open(checkpoint), "no room for indexes");
        assertThat(fixture.files("index")).allMatch(file -> disk.content(file).length == 0);
    }

    /** Leaves a segment with all its index entries on disk, and answers a checkpoint that knows of its first batches. */
    private static LogState writeTailBehindACheckpoint(SimulatedDisk on) throws IOException {
        LogFixture first = LogFixture.open(on, on, SEGMENT_BYTES, LogState.NEW);
        append(first, 0, 10);
        LogState early = first.forced();
        append(first, 10, 60);
        first.forced();
        assertThat(first.files(".index"))
                .singleElement()
                .satisfies(file -> assertThat(on.size(file)).isEqualTo(4 * 24));
        return early;
    }

    /** What was cut off may have come again with other lengths: its entries would point into the middle of batches. */
    @Test
    void entriesOfATailThatWasCutOffAreNotBelieved() throws Exception {
        SimulatedDisk other = new SimulatedDisk();
        LogFixture second = LogFixture.open(other, other, SEGMENT_BYTES, writeTailBehindACheckpoint(other));
        List<String> expected = new ArrayList<>();
        for (int number = 10; number < 200; number++) {
            String text = "x".repeat(7 * (number % 11)) + number;
            expected.add(text);
            second.append(LogFixture.TIME + number, text);
        }
        second.log().flush();
        LogState state = second.forced();
        for (LogFixture found : List.of(second, LogFixture.open(other, other, SEGMENT_BYTES, state))) {
            for (int wanted = 10; wanted < 200; wanted++) {
                assertThat(found.payloadsFrom(wanted, 1).get(0)).isEqualTo(expected.get(wanted - 10));
                assertThat(found.log().offsetAtTime(LogFixture.TIME + wanted)).isEqualTo(wanted);
            }
        }
    }

    /** A segment that is complete has no limit by which such entries could be told. */
    @Test
    void entriesOfATailThatWasCutOffAreNotBelievedInASegmentThatIsCompleteMeanwhile() throws Exception {
        SimulatedDisk other = new SimulatedDisk();
        LogFixture second = LogFixture.open(other, other, SEGMENT_BYTES, writeTailBehindACheckpoint(other));
        second.log().completeRecovery();
        String[] many = new String[150];
        Arrays.setAll(many, i -> "m" + i);
        second.append(LogFixture.TIME + 60, many);
        second.append(LogFixture.TIME + 61, "x".repeat(SEGMENT_BYTES));
        second.log().flush();
        LogState state = second.forced();
        assertThat(second.files(".log")).hasSize(2);
        for (LogFixture found : List.of(second, LogFixture.open(other, other, SEGMENT_BYTES, state))) {
            for (int wanted = 10; wanted < 160; wanted++) {
                assertThat(found.payloadsFrom(wanted, 1).get(0)).isEqualTo("m" + (wanted - 10));
            }
            assertThat(found.log().offsetAtTime(LogFixture.TIME + 50)).isEqualTo(10);
        }
    }

    /** The keys of the time index are running maxima, so that no record before an entry is younger than its key. */
    @Test
    void timesThatGoBackAndForthAreFoundAsByReadingEverything() {
        Seeds.forEach(10, random -> {
            SimulatedDisk other = new SimulatedDisk();
            LogFixture some = LogFixture.open(other, other, SEGMENT_BYTES, LogState.NEW);
            long[] times = new long[RECORDS];
            for (int number = 0; number < RECORDS; number++) {
                times[number] = LogFixture.TIME + 10L * number + random.nextInt(600);
                some.append(times[number], payload(number));
            }
            some.log().flush();
            for (LogFixture found : List.of(some, LogFixture.open(other, other, SEGMENT_BYTES, some.forced()))) {
                for (long wanted = LogFixture.TIME; wanted < LogFixture.TIME + 2200; wanted += 13) {
                    assertThat(found.log().offsetAtTime(wanted))
                            .as("offset at time %d", wanted - LogFixture.TIME)
                            .isEqualTo(firstAtOrAfter(times, wanted));
                }
            }
        });
    }

    private static long firstAtOrAfter(long[] times, long wanted) {
        for (int offset = 0; offset < times.length; offset++) {
            if (times[offset] >= wanted) {
                return offset;
            }
        }
        return times.length;
    }

    @Test
    void searchReadsNoMoreThanAnIntervalBeyondWhatTheIndexKnows() throws Exception {
        long[] bytes = new long[1];
        WatchedDisk watched = new WatchedDisk(disk);
        LogFixture found = LogFixture.open(disk, watched, SEGMENT_BYTES, checkpoint);
        watched.setWatcher((file, bytesMax) -> bytes[0] += bytesMax);
        found.log().read(new LogCursor(58), 1);
        assertThat(bytes[0]).isLessThan(20 << 10);
    }
}
