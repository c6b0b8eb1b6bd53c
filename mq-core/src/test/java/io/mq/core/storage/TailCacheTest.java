package io.mq.core.storage;

import static io.mq.core.storage.LogFixture.expected;
import static org.assertj.core.api.Assertions.assertThat;

import io.mq.batch.Seeds;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.file.WatchedDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Readers at the end of a log are served from memory, and get what they would get from the file. */
class TailCacheTest {

    /** Ten batches of one record, with what keeping them costs. */
    private static final int TEN_BATCHES = 10 * (128 + 200);

    private final SimulatedDisk disk = new SimulatedDisk();
    private final WatchedDisk watched = new WatchedDisk(disk);

    private LogFixture open(long tailBytesMax) throws IOException {
        return LogFixture.open(disk, watched, LogFixture.SEGMENT_BYTES, tailBytesMax, LogState.NEW);
    }

    private static LogSlice readTail(LogFixture fixture, long offset, int bytesMax) {
        return fixture.log().readTail(new LogCursor(offset), bytesMax, ByteBuffer::allocate);
    }

    private void forbidReads() {
        watched.setWatcher((file, bytesMax) -> {
            throw new IOException("read of " + file);
        });
    }

    @Test
    void newestBatchesAreReadWithoutTheFile() throws Exception {
        LogFixture fixture = open(TEN_BATCHES).append(50);
        forbidReads();
        assertThat(fixture.payloadsFrom(40, 1)).isEqualTo(expected(40, 50));
        assertThat(fixture.payloadsFrom(44, 100_000)).isEqualTo(expected(44, 50));
    }

    @Test
    void oldestBatchesGoFirst() throws Exception {
        LogFixture fixture = open(TEN_BATCHES).append(50);
        assertThat(readTail(fixture, 39, 1000).isEmpty()).isTrue();
        assertThat(readTail(fixture, 40, 1000).isEmpty()).isFalse();
        fixture.append(1);
        assertThat(readTail(fixture, 40, 1000).isEmpty()).isTrue();
        assertThat(fixture.payloads()).isEqualTo(expected(0, 51));
    }

    @Test
    void budgetOfZeroKeepsNothing() throws Exception {
        LogFixture fixture = open(0).append(50);
        assertThat(readTail(fixture, 49, 1000).isEmpty()).isTrue();
    }

    @Test
    void nothingIsThereBeforeTheFlush() throws Exception {
        LogFixture fixture = open(TEN_BATCHES).append(3);
        fixture.append(LogFixture.TIME, "unseen");
        fixture.log().place(1);
        assertThat(readTail(fixture, 3, 1000).isEmpty()).isTrue();
        assertThat(readTail(fixture, 2, 1000).batches()).hasSize(1);
    }

    @Test
    void batchThatWouldTakeMuchOfTheBudgetIsReadFromTheFile() throws Exception {
        LogFixture fixture = open(TEN_BATCHES).append(3);
        fixture.append(LogFixture.TIME, "x".repeat(TEN_BATCHES / 8));
        fixture.append(LogFixture.TIME, "small");
        fixture.log().flush();
        assertThat(readTail(fixture, 2, 100_000).batches()).hasSize(1);
        assertThat(readTail(fixture, 3, 100_000).isEmpty()).isTrue();
        assertThat(readTail(fixture, 4, 100_000).batches()).hasSize(1);
        assertThat(fixture.payloads()).hasSize(5);
    }

    @Test
    void offsetsThatAreGivenUpOrNotThereYetAreNotInMemory() throws Exception {
        LogFixture fixture = open(TEN_BATCHES).append(5);
        fixture.log().advanceStart(3);
        assertThat(readTail(fixture, 2, 1000).isEmpty()).isTrue();
        assertThat(readTail(fixture, 3, 1000).isEmpty()).isFalse();
        assertThat(readTail(fixture, 5, 1000).isEmpty()).isTrue();
        assertThat(readTail(fixture, 6, 1000).isEmpty()).isTrue();
    }

    @Test
    void batchThatWentBadInMemoryIsReadFromTheFile() throws Exception {
        LogFixture fixture = open(TEN_BATCHES).append(5);
        ByteBuffer bytes = readTail(fixture, 4, 1).batches().get(0).bytes();
        bytes.put(100, (byte) ~bytes.get(100));
        assertThat(readTail(fixture, 4, 1).isEmpty()).isTrue();
        assertThat(fixture.payloadsFrom(4, 1)).isEqualTo(expected(4, 5));
    }

    @Test
    void slicesAreThoseOfTheFile() {
        AtomicInteger compared = new AtomicInteger();
        Seeds.forEach(20, random -> {
            SimulatedDisk other = new SimulatedDisk();
            LogFixture fixture = LogFixture.open(other, other, LogFixture.SEGMENT_BYTES, 3 * TEN_BATCHES, LogState.NEW);
            for (int i = 0; i < 60; i++) {
                String[] payloads = new String[1 + random.nextInt(3)];
                Arrays.setAll(payloads, k -> "x".repeat(random.nextInt(200)));
                fixture.append(LogFixture.TIME + i, payloads);
                if (random.nextInt(3) == 0) {
                    fixture.log().flush();
                }
            }
            fixture.log().flush();
            LogFixture fromFile = fixture.reopened(fixture.forced());
            for (long offset = 0; offset < fixture.log().end(); offset++) {
                int bytesMax = random.nextInt(3000);
                LogSlice newest = readTail(fixture, offset, bytesMax);
                if (!newest.isEmpty()) {
                    compared.incrementAndGet();
                    assertSameAsInFile(newest, fromFile.log().read(new LogCursor(offset), bytesMax));
                }
            }
        });
        assertThat(compared).as("slices compared").hasPositiveValue();
    }

    private static void assertSameAsInFile(LogSlice found, LogSlice inFile) {
        assertThat(found.segmentBase()).isEqualTo(inFile.segmentBase());
        assertThat(found.position()).isEqualTo(inFile.position());
        assertThat(found.batches()).hasSameSizeAs(inFile.batches());
        assertThat(found.bytes()).isEqualTo(inFile.bytes());
    }
}
