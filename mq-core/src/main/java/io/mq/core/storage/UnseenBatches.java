package io.mq.core.storage;

import io.mq.batch.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What was appended to a log and is not shown to readers yet, by segment. Owned by the state machine's thread.
 */
final class UnseenBatches {

    private final List<Share> shares = new ArrayList<>(2);

    /** A segment with its share. */
    private static final class Share {
        private final LogSegment segment;
        private final List<RecordBatch> batches = new ArrayList<>();

        /** How many of them are in the file. */
        private int written;

        Share(LogSegment segment) {
            this.segment = segment;
        }

        List<RecordBatch> unwritten() {
            return batches.subList(written, batches.size());
        }
    }

    /** Adds the next batch, which has its place in the segment. */
    void add(LogSegment segment, RecordBatch batch) {
        if (shares.isEmpty() || shares.get(shares.size() - 1).segment != segment) {
            shares.add(new Share(segment));
        }
        shares.get(shares.size() - 1).batches.add(batch);
    }

    List<LogSegment> segments() {
        return shares.stream().map(share -> share.segment).toList();
    }

    List<RecordBatch> unwritten() {
        return shares.stream().flatMap(share -> share.unwritten().stream()).toList();
    }

    /**
     * Writes what is not written. Where that fails, the call is to be repeated.
     *
     * @param onWritten told of each segment that was written to
     */
    void write(ByteBuffer gather, Consumer<LogSegment> onWritten) throws IOException {
        for (Share share : shares) {
            if (!share.unwritten().isEmpty()) {
                share.segment.write(share.unwritten(), gather);
                onWritten.accept(share.segment);
                share.written = share.batches.size();
            }
        }
    }

    /** Shows readers all of it, which is written, and keeps the newest in memory. */
    void show(LogTail tail, TailCache tails) throws IOException {
        for (Share share : shares) {
            int position = share.segment.size();
            share.segment.show();
            tails.add(tail, share.segment.baseOffset(), position, share.batches);
        }
    }
}
