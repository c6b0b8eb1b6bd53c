package io.mq.core.journal;

import io.mq.core.command.Command;
import io.mq.core.command.LogPosition;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;

/** What every journal is at its entrance: a queue, and one thread that takes from it. */
abstract class QueuedJournal implements Journal {

    /** How soon applied commands that found the disk full try again to reach their segment. */
    static final Duration FLUSH_RETRY = Duration.ofMillis(100);

    final WorkQueue queue;

    private final Thread taking;

    /** @param threads makes the thread that takes; it must never be interrupted */
    QueuedJournal(WorkQueue queue, ThreadFactory threads) {
        this.queue = queue;
        this.taking = threads.newThread(this::run);
    }

    /** To be called once, when everything is there that taking needs. */
    final void startTaking() {
        taking.start();
    }

    private void run() {
        try {
            take();
        } catch (RuntimeException | Error e) {
            stop(e);
            throw e;
        } finally {
            queue.end();
        }
    }

    /** Takes from the queue, on its thread, until the queue {@linkplain WorkQueue#isThrough is through}. */
    abstract void take();

    /** The journal has failed, and takes no more commands. Any thread may call it. */
    abstract void stop(Throwable cause);

    /** Refuses what is new, and waits until the thread has taken what was submitted. */
    final void closeQueue() {
        queue.close(taking);
    }

    @Override
    public final <R> CompletableFuture<R> submit(Command<R> command) {
        return queue.submit(command);
    }

    @Override
    public final <T> CompletableFuture<T> observe(Function<LogPosition, T> view) {
        return queue.observe(view);
    }

    @Override
    public final void poison(IOException cause) {
        stop(cause);
    }

    @Override
    public final boolean isHealthy() {
        return queue.failure() == null;
    }

    @Override
    public final void drain() {
        queue.drain();
    }
}
