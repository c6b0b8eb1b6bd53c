package io.mq.client;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bounds what a producer holds in memory. Taking is one compare-and-set while there is room.
 *
 * <p>Safe for use by any thread.
 */
final class BufferBudget {

    private final long bytesMax;
    private final AtomicLong left;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition freed = lock.newCondition();

    /** How many wait. Raised before the last look at what is left, so that whoever gives back after it sees it. */
    private volatile int waiting;

    private volatile boolean closed;

    BufferBudget(long bytesMax) {
        this.bytesMax = bytesMax;
        this.left = new AtomicLong(bytesMax);
    }

    /** One message always fits into an empty buffer, however large it is. */
    boolean tryTake(long bytes) {
        long now = left.get();
        while (now >= bytes || now == bytesMax) {
            if (left.compareAndSet(now, now - bytes)) {
                return true;
            }
            now = left.get();
        }
        return false;
    }

    /**
     * Waits for room.
     *
     * @return false where there was none in time, or the buffer was closed, which lets all who wait go
     */
    boolean take(long bytes, Duration atMost) throws InterruptedException {
        if (tryTake(bytes)) {
            return true;
        }
        long nanos = atMost.toNanos();
        if (nanos == 0) {
            return false;
        }
        lock.lockInterruptibly();
        try {
            waiting = waiting + 1;
            boolean taken = tryTake(bytes);
            while (!taken && nanos > 0 && !closed) {
                nanos = freed.awaitNanos(nanos);
                taken = tryTake(bytes);
            }
            return taken;
        } finally {
            waiting = waiting - 1;
            lock.unlock();
        }
    }

    void giveBack(long bytes) {
        left.addAndGet(bytes);
        if (waiting > 0) {
            wakeAll();
        }
    }

    void close() {
        closed = true;
        wakeAll();
    }

    private void wakeAll() {
        lock.lock();
        try {
            freed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    long taken() {
        return bytesMax - left.get();
    }

    long bytesMax() {
        return bytesMax;
    }
}
