package io.mq.client;

import io.mq.batch.Record;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What is to be sent to one partition: an open batch into which senders append, and full ones before it.
 *
 * <p>Safe for use by any thread; only the loop takes out. Whoever takes a batch out of {@code open} seals it, outside the
 * lock: compressing one must not keep others from appending to the next.
 */
final class PartitionQueue {

    private final BuilderPool builders;

    private final Object lock = new Object();

    /** In the order of their messages. The first may not be sealed yet: its sealer tells the loop when it is. */
    private final Queue<PendingBatch> full = new ConcurrentLinkedQueue<>();

    /** What gathers; null or with at least one message. Under the lock. */
    private PendingBatch open;

    /** Whether the loop has nothing in flight and found nothing here: the next append has to tell it. Under the lock. */
    private boolean idle = true;

    /** Why nothing is taken any more, or null. Under the lock. */
    private MqException closed;

    PartitionQueue(BuilderPool builders) {
        this.builders = builders;
    }

    /**
     * Adds a message.
     *
     * @param size that it adds to a batch
     * @param bytesMax of a batch; a message that is larger gets a batch of its own
     * @return whether the loop must be told that there is something to send
     * @throws MqException where the queue is closed
     */
    boolean append(Record record, int size, int bytesMax, long budget, SendCallback callback) {
        PendingBatch filled = null;
        boolean wake;
        synchronized (lock) {
            if (closed != null) {
                throw closed;
            }
            if (open != null && open.uncompressedBytes() + (long) size > bytesMax) {
                filled = open;
                full.add(filled);
                open = null;
            }
            if (open == null) {
                open = new PendingBatch(builders.take(), System.nanoTime());
            }
            open.add(record, callback, budget);
            wake = idle;
            idle = false;
        }
        if (filled == null) {
            return wake;
        }
        filled.seal(builders);
        return true;
    }

    /**
     * Takes out what is next.
     *
     * @param evenIfOpen whether a batch that is not full will do; where there is none either, the queue is idle
     * @return a sealed batch, or null
     */
    PendingBatch poll(boolean evenIfOpen) {
        PendingBatch next = full.peek();
        if (next != null) {
            return next.isSealed() ? full.poll() : null;
        }
        if (!evenIfOpen) {
            return null;
        }
        synchronized (lock) {
            if (!full.isEmpty()) {
                // Just filled: its sealer tells the loop.
                return null;
            }
            next = open;
            open = null;
            if (next == null) {
                idle = true;
                return null;
            }
        }
        next.seal(builders);
        return next;
    }

    /** Takes out what has waited since before a point in time. Batches that are just being sealed are left. */
    List<PendingBatch> pollOlderThan(long nanoTime) {
        List<PendingBatch> old = new ArrayList<>();
        PendingBatch first = full.peek();
        while (first != null && first.isSealed() && first.sinceNanos() - nanoTime < 0) {
            old.add(full.poll());
            first = full.peek();
        }
        synchronized (lock) {
            if (full.isEmpty() && open != null && open.sinceNanos() - nanoTime < 0) {
                old.add(open);
                open = null;
            }
        }
        return old;
    }

    /** All batches that wait, the open one last; they stay. */
    List<PendingBatch> waiting() {
        synchronized (lock) {
            List<PendingBatch> all = new ArrayList<>(full);
            if (open != null) {
                all.add(open);
            }
            return all;
        }
    }

    /** Takes no more. */
    void close(MqException why) {
        synchronized (lock) {
            if (closed == null) {
                closed = why;
            }
        }
    }

    /** Takes out everything; a batch that is just being sealed comes along and may not be sealed yet. */
    List<PendingBatch> drain() {
        synchronized (lock) {
            List<PendingBatch> all = waiting();
            full.clear();
            open = null;
            return all;
        }
    }
}
