package io.mq.client;

import io.mq.batch.BatchBuilder;
import io.mq.batch.Compression;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Builders that have grown to the size of a batch, to be used again: a few, so that a thousand partitions do not keep a
 * batch's memory each.
 *
 * <p>Safe for use by any thread.
 */
final class BuilderPool {

    /** More partitions than a producer commonly fills at a time. */
    private static final int BUILDERS_MAX = 8;

    private final Compression compression;
    private final ArrayBlockingQueue<BatchBuilder> builders = new ArrayBlockingQueue<>(BUILDERS_MAX);

    BuilderPool(Compression compression) {
        this.compression = compression;
    }

    BatchBuilder take() {
        BatchBuilder builder = builders.poll();
        return builder == null ? new BatchBuilder(compression) : builder;
    }

    /** @param builder without records */
    @SuppressWarnings("unused") // Where there is no room, it is left to the garbage collector.
    void giveBack(BatchBuilder builder) {
        boolean kept = builders.offer(builder);
    }
}
