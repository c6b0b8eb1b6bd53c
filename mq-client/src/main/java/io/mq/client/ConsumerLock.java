package io.mq.client;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Guards what a consumer's loop and the application's threads share, and tells the ones of what the other has changed.
 *
 * <p>Safe for use by any thread.
 */
final class ConsumerLock {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Runnable onChange = () -> {};

    <T> T get(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    void run(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    /** Runs what may leave something for the application to do, and wakes whoever waits for that. */
    void change(Runnable action) {
        Runnable listener = get(() -> {
            action.run();
            changed.signalAll();
            return onChange;
        });
        listener.run();
    }

    /** What runs, outside the lock, after every change from now on. */
    void onChange(Runnable listener) {
        run(() -> onChange = listener);
    }

    /** Waits until a change has made something true. @return the time that is left */
    long await(BooleanSupplier isDue, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (left > 0 && !isDue.getAsBoolean()) {
                left = changed.awaitNanos(left);
            }
            return left;
        } finally {
            lock.unlock();
        }
    }
}
