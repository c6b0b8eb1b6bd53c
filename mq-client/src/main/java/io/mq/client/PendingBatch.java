package io.mq.client;

import io.mq.batch.BatchBuilder;
import io.mq.batch.Record;
import io.mq.batch.RecordBatch;
import io.mq.batch.RecordCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Messages of one partition from the send of the first until all are stored or given up.
 *
 * <p>It is filled under its {@link PartitionQueue}'s lock, sealed by the one thread that took it out of there, and from
 * then on the loop's.
 */
final class PendingBatch {

    private static final int CALLBACKS_FIRST = 8;

    private final long sinceNanos;
    private BatchBuilder builder;
    private SendCallback[] callbacks = new SendCallback[CALLBACKS_FIRST];
    private int count;
    private long budgetBytes;

    private volatile RecordBatch sealed;

    /** The number of the first record among all of this producer's in the partition. Means something if numbered. */
    int baseSequence;

    /** Whether baseSequence is settled: it was sent with it and may be stored. */
    boolean numbered;

    /** Whether it may be stored: it was sent, and nothing that came later says that it is not. */
    boolean uncertain;

    /** Whether the server has stored it, though its answer was lost; it is sent again to learn where. */
    boolean knownStored;

    /** Whether the server has answered the last time it was sent; it then failed and is to be sent again. */
    boolean answered;

    private List<Runnable> endings;

    PendingBatch(BatchBuilder builder, long nowNanos) {
        this.builder = builder;
        this.sinceNanos = nowNanos;
    }

    void add(Record record, SendCallback callback, long budget) {
        builder.add(record);
        if (count == callbacks.length) {
            callbacks = Arrays.copyOf(callbacks, 2 * count);
        }
        callbacks[count++] = callback;
        budgetBytes += budget;
    }

    int uncompressedBytes() {
        return builder.sizeInBytes();
    }

    void seal(BuilderPool pool) {
        RecordBatch batch = builder.build();
        pool.giveBack(builder);
        builder = null;
        sealed = batch;
    }

    boolean isSealed() {
        return sealed != null;
    }

    RecordBatch records() {
        return sealed;
    }

    int count() {
        return count;
    }

    long budgetBytes() {
        return budgetBytes;
    }

    long sinceNanos() {
        return sinceNanos;
    }

    /**
     * Two batches with a half of its messages each, in their order, in place of this one, which is done with: who waits
     * for its end waits for that of both. It is sealed and has two messages at least.
     */
    List<PendingBatch> split(BuilderPool pool) {
        List<ByteBuffer> records = sealed.records();
        int middle = count / 2;
        long budgetOfFirst = budgetBytes * middle / count;
        PendingBatch first = part(records, 0, middle, budgetOfFirst, pool);
        PendingBatch second = part(records, middle, count, budgetBytes - budgetOfFirst, pool);
        if (endings != null) {
            List<Runnable> waiting = endings;
            AtomicInteger left = new AtomicInteger(2);
            Runnable one = () -> {
                if (left.decrementAndGet() == 0) {
                    waiting.forEach(Runnable::run);
                }
            };
            first.onEnd(one);
            second.onEnd(one);
        }
        return List.of(first, second);
    }

    private PendingBatch part(List<ByteBuffer> records, int from, int to, long budget, BuilderPool pool) {
        PendingBatch part = new PendingBatch(pool.take(), sinceNanos);
        for (int i = from; i < to; i++) {
            part.add(RecordCodec.decode(records.get(i)), callbacks[i], 0);
        }
        part.budgetBytes = budget;
        part.seal(pool);
        return part;
    }

    /** Runs when this batch is at its end, after its messages' callbacks. */
    void onEnd(Runnable ending) {
        if (endings == null) {
            endings = new ArrayList<>(1);
        }
        endings.add(ending);
    }

    /** Tells the application; on its own executor. */
    void succeed(int partition, long baseOffset, Optional<Durability> durability, boolean duplicate) {
        for (int i = 0; i < count; i++) {
            tell(callbacks[i], new Published(partition, baseOffset + i, durability, duplicate), null);
        }
        end();
    }

    /** Tells the application; on its own executor. */
    void fail(MqException failure) {
        for (int i = 0; i < count; i++) {
            tell(callbacks[i], null, failure);
        }
        end();
    }

    private static void tell(SendCallback callback, Published published, MqException failure) {
        try {
            callback.completed(published, failure);
        } catch (RuntimeException e) {
            // One callback that fails is no reason for the others not to be told.
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }

    private void end() {
        if (endings != null) {
            endings.forEach(Runnable::run);
        }
    }
}
