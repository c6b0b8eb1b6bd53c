package io.mq.client;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Partitions that may have messages to hand out, each once, in the order of their turns.
 *
 * <p>Guarded by the {@link ConsumerLock}.
 */
final class ReadyLine {

    private final Queue<AssignedPartition> line = new ArrayDeque<>();

    /** Does nothing where it has no messages or is in the line already. */
    void enter(AssignedPartition partition) {
        if (!partition.inLine && partition.hasMessages()) {
            partition.inLine = true;
            line.add(partition);
        }
    }

    /** Takes out whose turn it is; or null. */
    AssignedPartition poll() {
        AssignedPartition next = line.poll();
        if (next != null) {
            next.inLine = false;
        }
        return next;
    }

    boolean isEmpty() {
        return line.isEmpty();
    }
}
