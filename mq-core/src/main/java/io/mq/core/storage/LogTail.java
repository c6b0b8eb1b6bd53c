package io.mq.core.storage;

import io.mq.batch.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.IntFunction;

/**
 * The newest batches of one log as they are in memory, for readers at its end. There may be gaps: what is not here is
 * read from the file. One thread adds and removes, by way of {@link TailCache}; any thread reads.
 */
final class LogTail {

    /** By base offset. */
    private final ConcurrentNavigableMap<Long, Placed> batches = new ConcurrentSkipListMap<>();

    /** A batch, and where its segment has it. */
    record Placed(RecordBatch batch, long segmentBase, int position) {

        private boolean isFollowedBy(Placed next) {
            return next.segmentBase == segmentBase && next.position == position + batch.sizeInBytes();
        }
    }

    void add(Placed placed) {
        batches.put(placed.batch.baseOffset(), placed);
    }

    void remove(Placed placed) {
        batches.remove(placed.batch.baseOffset(), placed);
    }

    /**
     * Reads what {@link LogSegment#read} would read, as far as it is here, and checks it alike.
     *
     * @return empty where the batch with this offset is not here, or is not sound any more
     */
    LogSlice read(long offset, int bytesMax, IntFunction<ByteBuffer> buffers) {
        Map.Entry<Long, Placed> first = batches.floorEntry(offset);
        if (first == null || first.getValue().batch.nextOffset() <= offset) {
            return LogSlice.EMPTY;
        }
        Placed start = first.getValue();
        List<RecordBatch> run = runFrom(start, bytesMax);
        if (run.stream().anyMatch(batch -> batch.damage().isPresent())) {
            return LogSlice.EMPTY;
        }
        return new LogSlice(start.segmentBase, start.position, run, bytesOf(run, buffers));
    }

    /** What follows may be removed meanwhile, and then ends the run. */
    private List<RecordBatch> runFrom(Placed start, int bytesMax) {
        List<RecordBatch> run = new ArrayList<>();
        run.add(start.batch);
        int bytes = start.batch.sizeInBytes();
        Placed last = start;
        for (Placed next : batches.tailMap(start.batch.baseOffset(), false).values()) {
            bytes += next.batch.sizeInBytes();
            if (bytes > bytesMax || !last.isFollowedBy(next)) {
                break;
            }
            run.add(next.batch);
            last = next;
        }
        return run;
    }

    private static ByteBuffer bytesOf(List<RecordBatch> run, IntFunction<ByteBuffer> buffers) {
        if (run.size() == 1) {
            return run.get(0).bytes();
        }
        ByteBuffer all = buffers.apply(LogSlice.sizeOf(run));
        run.forEach(batch -> all.put(batch.bytes()));
        return all.flip();
    }
}
