package io.mq.grpc;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * What many streams together have read and not done with yet. While it is at its bound, streams read nothing more, which
 * HTTP/2 tells their clients; they go on in the order in which they stopped.
 *
 * <p>Safe for use by any thread.
 */
final class InFlightBytes {

    private final long max;

    /** Guarded by {@code this}. */
    private long bytes;

    /** Guarded by {@code this}. */
    private final Queue<Runnable> waiting = new ArrayDeque<>();

    InFlightBytes(long max) {
        this.max = max;
    }

    synchronized void add(int more) {
        bytes += more;
    }

    /**
     * Adds, unless there is something already and it becomes more than {@code limit} with this.
     *
     * @return whether it was added
     */
    synchronized boolean tryAdd(int more, long limit) {
        if (bytes > 0 && bytes + more > limit) {
            return false;
        }
        bytes += more;
        return true;
    }

    /**
     * Asks whether a stream may read on.
     *
     * @param later run once there is room, by whoever makes it, where the answer is no
     */
    synchronized boolean hasRoom(Runnable later) {
        if (bytes < max) {
            return true;
        }
        waiting.add(later);
        return false;
    }

    void remove(int fewer) {
        Queue<Runnable> woken;
        synchronized (this) {
            bytes -= fewer;
            if (bytes >= max || waiting.isEmpty()) {
                return;
            }
            woken = new ArrayDeque<>(waiting);
            waiting.clear();
        }
        woken.forEach(Runnable::run);
    }
}
