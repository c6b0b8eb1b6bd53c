package io.mq.bench.pace;

import java.util.concurrent.locks.LockSupport;

/** The moments at which a load at a fixed rate is due. */
public final class DueTime {

    private DueTime() {}

    /**
     * Waits until then, and not at all where it has passed: what is late is made up for.
     *
     * @param nanoTime of {@link System#nanoTime}
     */
    public static void await(long nanoTime) {
        for (long rest = nanoTime - System.nanoTime(); rest > 0; rest = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(rest);
        }
    }
}
