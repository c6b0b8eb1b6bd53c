package io.mq.batch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Gathers records for a batch. Used again after each {@link #build}, without giving its memory back.
 *
 * <p>Not thread-safe.
 */
public final class BatchBuilder {

    /** Space for the first few records. */
    private static final int INITIAL_BYTES = 4 << 10;

    private final Compression compression;

    /** Holds room for the header, then the region; the limit is its capacity. */
    private ByteBuffer buffer = allocate(INITIAL_BYTES);

    private int count;

    public BatchBuilder(Compression compression) {
        this.compression = compression;
        clear();
    }

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** What a record adds to a batch, before compression. */
    public static int sizeOf(Record record) {
        int size = RecordCodec.sizeOf(record);
        return Math.addExact(1 + Varint.sizeOf(size), size);
    }

    /** Adds a record, whose content is copied. */
    public void add(Record record) {
        int size = RecordCodec.sizeOf(record);
        ensureRoom(1 + Varint.sizeOf(size) + size);
        encode(record, size, buffer);
        count++;
    }

    /** Writes a record as an element of {@code mq.Records}. */
    static void encode(Record record, int size, ByteBuffer target) {
        target.put((byte) RecordsRegion.RECORD_TAG);
        Varint.put(target, size);
        RecordCodec.encode(record, target);
    }

    private void ensureRoom(int bytes) {
        int needed = Math.addExact(buffer.position(), bytes);
        if (needed > buffer.capacity()) {
            int capacity = (int) Math.min(RecordBatch.BYTES_MAX, Math.max(needed, 2L * buffer.capacity()));
            buffer = ByteBuffer.wrap(Arrays.copyOf(buffer.array(), capacity))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .position(buffer.position());
        }
    }

    public int count() {
        return count;
    }

    /** The size that the batch would have without compression. */
    public int sizeInBytes() {
        return buffer.position();
    }

    /** Makes a batch of what was added, at least one record, and starts anew. */
    public RecordBatch build() {
        int regionSize = buffer.position() - RecordBatch.HEADER_BYTES;
        byte[] bytes;
        if (compression == Compression.NONE) {
            bytes = Arrays.copyOf(buffer.array(), buffer.position());
        } else {
            byte[] target = new byte[RecordBatch.HEADER_BYTES + compression.sizeMax(regionSize)];
            int size = compression.compress(
                    buffer.array(), RecordBatch.HEADER_BYTES, regionSize, target, RecordBatch.HEADER_BYTES);
            bytes = Arrays.copyOf(target, RecordBatch.HEADER_BYTES + size);
        }
        RecordBatch batch = RecordBatch.around(bytes, count, compression, regionSize);
        clear();
        return batch;
    }

    private void clear() {
        buffer.position(RecordBatch.HEADER_BYTES);
        count = 0;
    }
}
