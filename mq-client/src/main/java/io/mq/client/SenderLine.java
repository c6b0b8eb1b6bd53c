package io.mq.client;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Partitions that may have something to send, each once, in the order of their turns.
 *
 * <p>Confined to the loop, but for {@link #wake}.
 */
final class SenderLine {

    private final ArrayDeque<PartitionSender> line = new ArrayDeque<>();

    /** What application threads have put something into. */
    private final Queue<PartitionSender> woken = new ConcurrentLinkedQueue<>();

    /** Whether the loop is to look at the woken. */
    private final AtomicBoolean wakeUnderWay = new AtomicBoolean();

    /**
     * There is something to send where there was nothing. Safe for use by any thread.
     *
     * @return whether the loop must be told to {@link #enterWoken}
     */
    boolean wake(PartitionSender sender) {
        if (sender.markWoken()) {
            woken.add(sender);
        }
        return wakeUnderWay.compareAndSet(false, true);
    }

    void enterWoken() {
        wakeUnderWay.set(false);
        PartitionSender sender = woken.poll();
        while (sender != null) {
            sender.unmarkWoken();
            enter(sender);
            sender = woken.poll();
        }
    }

    void enter(PartitionSender sender) {
        if (sender.enterLine()) {
            line.add(sender);
        }
    }

    /** Whose turn it is; or null. */
    PartitionSender first() {
        return line.peek();
    }

    /** The first has had its turn. */
    void rotate() {
        line.add(line.remove());
    }

    /** The first has nothing to send. */
    void removeFirst() {
        line.remove().leaveLine();
    }

    List<PartitionSender> all() {
        return List.copyOf(line);
    }
}
