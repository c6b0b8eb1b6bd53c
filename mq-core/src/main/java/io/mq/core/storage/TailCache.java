package io.mq.core.storage;

import io.mq.batch.RecordBatch;
import io.mq.core.storage.LogTail.Placed;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * Keeps the newest batches of all logs within a budget of bytes, and lets the oldest go first, whose ever it is.
 * Confined to the state machine's thread.
 *
 * <p>The budget is small on purpose. Who reads at the end of a log needs what came within the last milliseconds;
 * everything else is in the page cache, and what lives longer here is work for the garbage collector.
 */
final class TailCache {

    /** One batch in so many may take the whole budget. */
    private static final int BATCHES_MIN = 8;

    /** What a batch takes beside its bytes, about. */
    private static final int OVERHEAD_BYTES = 200;

    private final long bytesMax;
    private final Queue<Kept> oldestFirst = new ArrayDeque<>();
    private long bytes;

    private record Kept(LogTail tail, Placed placed) {

        int size() {
            return placed.batch().sizeInBytes() + OVERHEAD_BYTES;
        }
    }

    /** @param bytesMax 0 to keep nothing */
    TailCache(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Adds batches that follow each other in a segment, from {@code position} on, and that readers may see. */
    void add(LogTail tail, long segmentBase, int position, List<RecordBatch> batches) {
        int at = position;
        for (RecordBatch batch : batches) {
            if (batch.sizeInBytes() + OVERHEAD_BYTES <= bytesMax / BATCHES_MIN) {
                add(new Kept(tail, new Placed(batch, segmentBase, at)));
            }
            at += batch.sizeInBytes();
        }
    }

    private void add(Kept kept) {
        kept.tail.add(kept.placed);
        oldestFirst.add(kept);
        bytes += kept.size();
        while (bytes > bytesMax) {
            Kept oldest = oldestFirst.remove();
            oldest.tail.remove(oldest.placed);
            bytes -= oldest.size();
        }
    }
}
