package io.mq.core.journal;

import io.mq.core.command.Command;
import io.mq.core.command.CommandCodec;
import io.mq.core.command.LogPosition;
import io.mq.core.error.BrokerException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Commands and views in the order in which a journal was asked for them, bounded in bytes. Any thread adds; one thread,
 * the journal's, takes, and every future is answered whenever that thread ends.
 */
final class WorkQueue {

    private final int commandBytesMax;
    private final int queueBytesMax;
    private final ConcurrentLinkedQueue<Work> queue = new ConcurrentLinkedQueue<>();

    /** Bytes of submitted commands that are not {@linkplain #settle settled}. */
    private final AtomicLong queuedBytes = new AtomicLong();

    /** The taking thread while it sleeps, or is about to: whoever adds work then wakes it. */
    private volatile Thread sleeper;

    /** Whether new commands are refused. */
    private volatile boolean isDraining;

    /** Whether the taking thread is to end when nothing is left. Invariant: isDraining. */
    private volatile boolean isClosing;

    /** Set when nothing more is taken: whoever has added work then answers it. */
    private volatile boolean hasEnded;

    /** Set once and for all when the journal has failed. */
    private volatile Throwable failure;

    WorkQueue(int commandBytesMax, int queueBytesMax) {
        this.commandBytesMax = commandBytesMax;
        this.queueBytesMax = queueBytesMax;
    }

    // --- any thread ---

    <R> CompletableFuture<R> submit(Command<R> command) {
        int size = CommandCodec.sizeOf(command);
        if (size > commandBytesMax) {
            return CompletableFuture.failedFuture(Refusals.tooLarge(size, commandBytesMax));
        }
        if (isDraining) {
            return CompletableFuture.failedFuture(Refusals.shuttingDown());
        }
        if (failure != null) {
            return CompletableFuture.failedFuture(Refusals.failed(failure));
        }
        if (queuedBytes.addAndGet(size) > queueBytesMax && queuedBytes.get() != size) {
            queuedBytes.addAndGet(-size);
            return CompletableFuture.failedFuture(Refusals.busy(queuedBytes.get()));
        }
        Entry<R> entry = new Entry<>(command, size, new CompletableFuture<>());
        add(entry);
        return entry.future();
    }

    <T> CompletableFuture<T> observe(Function<LogPosition, T> view) {
        Observation<T> observation = new Observation<>(view, new CompletableFuture<>());
        add(observation);
        return observation.future();
    }

    private void add(Work work) {
        queue.add(work);
        wake();
        if (hasEnded) {
            refuseLateWork();
        }
    }

    private void wake() {
        Thread sleeping = sleeper;
        if (sleeping != null) {
            LockSupport.unpark(sleeping);
        }
    }

    /** From now on commands are refused. Waits until those submitted are finished. */
    void drain() {
        isDraining = true;
        try {
            // A view takes its turn behind what was submitted before.
            observe(position -> position).join();
        } catch (CompletionException closed) {
            // The taking thread has ended, and everything is answered.
        }
    }

    /**
     * Has the taking thread end when nothing is left, and waits for it, even where the caller is interrupted: that
     * thread must never be cut off in the middle of a write.
     */
    void close(Thread taking) {
        isDraining = true;
        isClosing = true;
        wake();
        boolean wasInterrupted = false;
        while (taking.isAlive()) {
            try {
                taking.join();
            } catch (InterruptedException e) {
                wasInterrupted = true;
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** From now on commands are refused with this cause. Those submitted are the taking thread's to answer. */
    void fail(Throwable cause) {
        failure = cause;
    }

    /** Why the journal has failed; null while it has not. */
    Throwable failure() {
        return failure;
    }

    /** The round's commands no longer count as waiting. */
    void settle(Round round) {
        queuedBytes.addAndGet(-round.commandBytes());
    }

    // --- the taking thread ---

    /** What is next; null where nothing waits. */
    Work peek() {
        return queue.peek();
    }

    Work poll() {
        return queue.poll();
    }

    /** Adds the commands that come next to a round, as far as they may share it. */
    Round pollInto(Round round) {
        while (queue.peek() instanceof Entry<?> next && round.add(next)) {
            queue.poll();
        }
        return round;
    }

    /** Whether nothing is left and nothing more is to come. */
    boolean isThrough() {
        return isClosing && queue.isEmpty();
    }

    /** Sleeps until there is work or {@link #close}, or for {@code timeout} where one is given. */
    void sleep(Duration timeout) {
        sleeper = Thread.currentThread();
        if (queue.isEmpty() && !isClosing) {
            if (timeout == null) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, timeout.toNanos());
            }
        }
        sleeper = null;
    }

    /** The last that the taking thread does: what was added after it looked is answered. */
    void end() {
        hasEnded = true;
        refuseLateWork();
    }

    private void refuseLateWork() {
        BrokerException answer = failure == null ? Refusals.shuttingDown() : Refusals.failed(failure);
        for (Work late = queue.poll(); late != null; late = queue.poll()) {
            late.refuse(answer);
        }
    }
}
