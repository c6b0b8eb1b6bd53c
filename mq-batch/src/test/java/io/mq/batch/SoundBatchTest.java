package io.mq.batch;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a producer may get wrong in an uncompressed batch. */
class SoundBatchTest {

    private static final int MIB = 1 << 20;

    private final RecordBatch batch = RecordBatch.of(List.of(Records.record("abc"), Records.record("de")));

    @Test
    void countThatIsNotTheRecordsIsRefused() {
        for (int count : new int[] {0, 1, 3, -1, Integer.MAX_VALUE}) {
            assertRefused(with(count, Compression.NONE, batch.uncompressedSize()), "count");
        }
    }

    @Test
    void sizeThatIsNotTheRegionIsRefused() {
        for (int size : new int[] {0, 1, batch.uncompressedSize() + 1, -1, Integer.MAX_VALUE}) {
            assertRefused(with(2, Compression.NONE, size), "uncompressed_size");
        }
    }

    @Test
    void otherBytesUnderTheChecksumAreRefused() {
        for (int at : new int[] {39, 44, 49, 73, RecordBatch.HEADER_BYTES, batch.sizeInBytes() - 1}) {
            ByteBuffer bytes = copy();
            bytes.put(at, (byte) (bytes.get(at) ^ 1));
            assertThatThrownBy(() -> RecordBatch.wrap(bytes).requireSound(MIB, MIB))
                    .isInstanceOf(InvalidBatchException.class);
        }
    }

    @Test
    void unknownCodecIsRefused() {
        ByteBuffer bytes = copy();
        bytes.putInt(44, 3);
        assertRefused(RecordBatch.wrap(bytes), "codec");
        bytes.putInt(44, 8);
        assertRefused(RecordBatch.wrap(bytes), "codec");
    }

    @Test
    void otherMagicIsRefused() {
        ByteBuffer bytes = copy();
        bytes.putInt(11, 0x02424D51);
        assertRefused(RecordBatch.wrap(bytes), "magic");
    }

    @Test
    void recordAboveTheBoundIsRefused() {
        assertThatThrownBy(() -> batch.requireSound(4, MIB))
                .isInstanceOf(InvalidBatchException.class)
                .hasMessageContaining("record 0 has 5 bytes, at most 4");
    }

    @Test
    void recordPastTheEndIsRefused() {
        ByteBuffer bytes = copy();
        bytes.put(RecordBatch.HEADER_BYTES + 1, (byte) 100);
        assertRefused(
                RecordBatch.around(bytes.array(), 2, Compression.NONE, batch.uncompressedSize()), "past their end");
    }

    @Test
    void fieldThatIsNoRecordIsRefused() {
        ByteBuffer bytes = copy();
        bytes.put(RecordBatch.HEADER_BYTES, (byte) 0x12);
        assertRefused(RecordBatch.around(bytes.array(), 2, Compression.NONE, batch.uncompressedSize()), "tag");
    }

    private RecordBatch with(int count, Compression compression, int size) {
        return RecordBatch.around(copy().array(), count, compression, size);
    }

    private static void assertRefused(RecordBatch wrong, String what) {
        assertThatThrownBy(() -> wrong.requireSound(MIB, MIB))
                .isInstanceOf(InvalidBatchException.class)
                .hasMessageContaining(what);
    }

    private ByteBuffer copy() {
        ByteBuffer copy = ByteBuffer.allocate(batch.sizeInBytes()).order(ByteOrder.LITTLE_ENDIAN);
        return copy.put(batch.bytes()).flip();
    }
}
