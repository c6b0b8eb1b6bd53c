package io.mq.core.storage;

import io.mq.batch.RecordBatch;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Whole batches, checked, as they follow each other in a log.
 *
 * @param segmentBase the segment that they were read from
 * @param position where the first one starts in it
 * @param bytes of all batches, one after the other
 */
public record LogSlice(long segmentBase, int position, List<RecordBatch> batches, ByteBuffer bytes) {

    static final LogSlice EMPTY = new LogSlice(-1, 0, List.of(), ByteBuffer.allocate(0));

    public boolean isEmpty() {
        return batches.isEmpty();
    }

    /** The first so many batches. */
    public LogSlice first(int count) {
        if (count == batches.size()) {
            return this;
        }
        List<RecordBatch> first = batches.subList(0, count);
        return new LogSlice(segmentBase, position, first, bytes.slice(0, sizeOf(first)));
    }

    static int sizeOf(List<RecordBatch> batches) {
        int size = 0;
        for (RecordBatch batch : batches) {
            size += batch.sizeInBytes();
        }
        return size;
    }

    /** The offset after the last record; there must be one. */
    public long nextOffset() {
        return batches.get(batches.size() - 1).nextOffset();
    }

    public int sizeInBytes() {
        return bytes.remaining();
    }

    /** Bytes of the batches that end at or before an offset. */
    public int bytesBefore(long offset) {
        int before = 0;
        for (RecordBatch batch : batches) {
            if (batch.nextOffset() > offset) {
                break;
            }
            before += batch.sizeInBytes();
        }
        return before;
    }
}
