package io.mq.core.storage;

import io.mq.batch.RecordBatch;
import java.util.List;

/**
 * Whole batches, checked, as they follow each other in a log.
 *
 * @param segmentBase the segment that they were read from
 * @param position where the first one starts in it
 */
public record LogSlice(long segmentBase, int position, List<RecordBatch> batches) {

    static final LogSlice EMPTY = new LogSlice(-1, 0, List.of());

    public boolean isEmpty() {
        return batches.isEmpty();
    }
}
