package io.mq.ejb.cluster;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** How the threads of a cluster's node begin and end. */
final class ClusterThreads {

    private static final Logger LOG = System.getLogger(ClusterThreads.class.getName());

    private static final long IDLE_SECONDS = 10;

    private ClusterThreads() {}

    static ThreadFactory named(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** So many threads at the most, which go when there is nothing to do; refuses what would have to wait behind too much. */
    static ExecutorService few(String name, int threads, int waitingMax) {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(waitingMax), named(name));
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /**
     * Has something worked out.
     *
     * @param refusal what the answer fails with where the executor takes no more
     */
    static <T> CompletableFuture<T> call(Executor executor, Callable<T> task, Supplier<Exception> refusal) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            executor.execute(() -> {
                try {
                    answer.complete(task.call());
                } catch (Exception e) {
                    answer.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(refusal.get());
        }
        return answer;
    }

    /** Lets what is running end, for so long, without interrupting it: it may be writing to a file. */
    static void stop(ExecutorService executor, long seconds) {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(seconds, TimeUnit.SECONDS)) {
                LOG.log(Level.WARNING, "Something of the cluster is still running after {0} s", seconds);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
