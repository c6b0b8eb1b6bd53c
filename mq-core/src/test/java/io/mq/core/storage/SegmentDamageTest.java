package io.mq.core.storage;

import static io.mq.core.storage.LogFixture.TIME;
import static io.mq.core.storage.LogFixture.expected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import io.mq.batch.RecordBatch;
import io.mq.core.file.CorruptFileException;
import io.mq.core.file.NumberedFile;
import io.mq.core.file.SimulatedDisk;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bytes of segments and indexes are turned over or cut off, one after the other, and the log is read. */
class SegmentDamageTest {

    private static final int RECORDS = 40;

    private LogFixture fixture;
    private SimulatedDisk disk;
    private LogState checkpoint;

    @BeforeEach
    void writeLog() throws IOException {
        fixture = LogFixture.create().append(RECORDS);
        checkpoint = fixture.forced();
        disk = fixture.disk();
        assertThat(fixture.files(".log")).hasSize(3);
    }

    private interface Damage {
        void at(Path file, byte[] content, int position) throws Exception;
    }

    private void flipABitOfEveryByte(String suffix, Damage thenCheck) throws Exception {
        for (Path file : fixture.files(suffix)) {
            byte[] content = disk.content(file);
            for (int at = 0; at < content.length; at++) {
                byte[] damaged = content.clone();
                damaged[at] ^= (byte) (1 << at % 8);
                disk.setContent(file, damaged);
                thenCheck.at(file, content, at);
            }
            disk.setContent(file, content);
        }
    }

    /** A damaged header hides where the batches behind it start, up to the next entry of the index. */
    @Test
    void flippedBitOfASegmentIsFoundByWhoReadsItAndThoseWhoMustPassIt() throws Exception {
        flipABitOfEveryByte(".log", (file, content, at) -> {
            LogFixture found = fixture.reopened(checkpoint);
            long damagedOffset = NumberedFile.numberOf(file) + at / 128;
            assertThat(catchThrowable(() -> found.payloadsFrom(damagedOffset, 1)))
                    .as("reading offset %d with a bit of %s@%d flipped", damagedOffset, file, at)
                    .isInstanceOf(CorruptFileException.class)
                    .hasMessageContaining("%s@%d: batch ", file, at / 128 * 128);
            assertThat(catchThrowable(() -> found.payloadsFrom(0, 5000))).isInstanceOf(CorruptFileException.class);
            int nextIntact = at % 128 < RecordBatch.HEADER_BYTES
                    ? (int) NumberedFile.numberOf(file) + 16
                    : (int) damagedOffset + 1;
            if (nextIntact < RECORDS) {
                assertThat(found.payloadsFrom(nextIntact, 1)).isEqualTo(expected(nextIntact, RECORDS));
            }
        });
    }

    /** What is wrong is that something is delivered that was not appended, or is skipped without a word. */
    @Test
    void readerOfADamagedLogGetsARightBeginningAndThenTheError() throws Exception {
        flipABitOfEveryByte(".log", (file, content, at) -> {
            LogFixture found = fixture.reopened(checkpoint);
            List<String> read = new ArrayList<>();
            Throwable end = catchThrowable(() -> found.readInto(read, 0, 300));
            assertThat(end).isInstanceOf(CorruptFileException.class);
            assertThat(read).isEqualTo(expected(0, read.size()));
        });
    }

    @Test
    void searchByTimeInADamagedLogIsRightOrRefused() throws Exception {
        flipABitOfEveryByte(".log", (file, content, at) -> {
            LogFixture found = fixture.reopened(checkpoint);
            for (int wanted = 0; wanted < RECORDS; wanted += 13) {
                try {
                    assertThat(found.log().offsetAtTime(TIME + wanted))
                            .as("offset at time %d with a bit of %s@%d flipped", wanted, file, at)
                            .isEqualTo(wanted);
                } catch (CorruptFileException e) {
                    assertThat(e).hasMessageContaining(file.toString());
                }
            }
        });
    }

    @Test
    void segmentCutAtAnyByteIsFoundByWhoReadsIt() throws Exception {
        Path sealed = fixture.files(".log").get(0);
        byte[] content = disk.content(sealed);
        for (int length = 0; length < content.length; length++) {
            disk.setContent(sealed, Arrays.copyOf(content, length));
            LogFixture found = fixture.reopened(checkpoint);
            long firstMissing = length / 128;
            assertThat(catchThrowableOfType(CorruptFileException.class, () -> found.payloadsFrom(firstMissing, 1)))
                    .as("reading offset %d with %d bytes left", firstMissing, length)
                    .isNotNull();
            assertThat(found.payloadsFrom(16, 1000)).isEqualTo(expected(16, RECORDS));
        }
    }

    @Test
    void segmentThatIsCutWhileTheLogIsOpenIsFoundToo() throws Exception {
        Path sealed = fixture.files(".log").get(0);
        byte[] content = disk.content(sealed);
        disk.setContent(sealed, Arrays.copyOf(content, 1000));
        assertThat(catchThrowableOfType(CorruptFileException.class, () -> fixture.payloadsFrom(0, 100_000)))
                .hasMessageContaining("segment file ends here, expected 2048 bytes");
    }

    @Test
    void batchesThatChangedPlacesAreFound() throws Exception {
        Path sealed = fixture.files(".log").get(0);
        byte[] content = disk.content(sealed);
        byte[] swapped = content.clone();
        System.arraycopy(content, 2 * 128, swapped, 3 * 128, 128);
        System.arraycopy(content, 3 * 128, swapped, 2 * 128, 128);
        disk.setContent(sealed, swapped);
        LogFixture found = fixture.reopened(checkpoint);
        assertThat(catchThrowableOfType(CorruptFileException.class, () -> found.payloadsFrom(0, 5000)))
                .hasMessageContaining("batch with offset 2 expected, found offsets 3 to 3");
    }

    /** A length in a damaged frame is bounded before memory is taken for it; a reader with a hint meets it first. */
    @Test
    void hugeLengthOfADamagedBatchTakesNoMemory() throws Exception {
        Path active = fixture.files(".log").get(2);
        LogFixture found = fixture.reopened(checkpoint);
        LogCursor cursor = new LogCursor(32);
        LogSlice slice = found.log().read(cursor, 1);
        cursor.moveTo(33, slice, 128);
        byte[] content = disk.content(active);
        content[128 + 4] = 0x7F;
        disk.setContent(active, content);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThat(catchThrowableOfType(
                        CorruptFileException.class, () -> found.log().read(cursor, 1)))
                .hasMessageContaining("%s@128: batch length", active);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(16 << 20);
    }
}
