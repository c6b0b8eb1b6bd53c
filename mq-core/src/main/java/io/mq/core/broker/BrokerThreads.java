package io.mq.core.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * All threads of a broker. They are its own and not the container's, because a container interrupts its threads when it
 * stops, and an interrupt inside a file operation makes the JDK close the file for everyone.
 *
 * @param delivery read stored messages and hand them to subscribers
 * @param upkeep checkpoints, retention, scrubbing
 * @param journalFiles prepares the journal's files; on its own, since the writer may wait for it
 */
record BrokerThreads(
        ExecutorService delivery,
        ScheduledExecutorService upkeep,
        ExecutorService journalFiles,
        ThreadFactory journalWriter) {

    private static final Logger LOG = System.getLogger(BrokerThreads.class.getName());

    /** One may be busy with a long checkpoint while the other watches the disk. */
    private static final int UPKEEP_THREADS = 2;

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    static BrokerThreads start(int deliveryThreads) {
        ScheduledThreadPoolExecutor upkeep = new ScheduledThreadPoolExecutor(UPKEEP_THREADS, named("mq-upkeep"));
        upkeep.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        upkeep.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
        return new BrokerThreads(
                Executors.newFixedThreadPool(deliveryThreads, named("mq-delivery")),
                upkeep,
                Executors.newSingleThreadExecutor(named("mq-journal-files")),
                named("mq-journal"));
    }

    private static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Something that works on files. */
    @FunctionalInterface
    interface FileTask {
        void run() throws IOException;
    }

    /** Runs a task on a thread that nobody interrupts, and waits for its end whatever is done to the caller. */
    static void runUninterrupted(String name, FileTask task) throws IOException {
        CompletableFuture<Void> end = new CompletableFuture<>();
        named(name)
                .newThread(() -> {
                    try {
                        task.run();
                        end.complete(null);
                    } catch (IOException e) {
                        end.completeExceptionally(new UncheckedIOException(e));
                    } catch (RuntimeException | Error e) {
                        end.completeExceptionally(e);
                    }
                })
                .start();
        try {
            end.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof UncheckedIOException io) {
                throw io.getCause();
            }
            throw e;
        }
    }

    /** Lets upkeep finish what it does and starts nothing more of it. */
    void stopUpkeep() {
        stop(upkeep);
    }

    /** Lets everything finish, without interrupting anything. */
    void stop() {
        stop(upkeep);
        stop(delivery);
        stop(journalFiles);
    }

    /** Waits even where the caller is interrupted: what runs works on files that the caller is about to give back. */
    private static void stop(ExecutorService executor) {
        executor.shutdown();
        long deadline = System.nanoTime() + STOP_TIMEOUT.toNanos();
        boolean wasInterrupted = false;
        for (boolean isWaiting = true; isWaiting; ) {
            try {
                if (!executor.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    LOG.log(Level.WARNING, "Something of the broker is still running after {0}", STOP_TIMEOUT);
                }
                isWaiting = false;
            } catch (InterruptedException e) {
                wasInterrupted = true;
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
