package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class BrokerThreadsTest {

    private final BrokerThreads threads = BrokerThreads.start(2);

    /** The data directory is given back afterwards: nothing of this broker may touch it by then. */
    @Test
    void stopWaitsForWhatRunsEvenWhereTheCallerIsInterrupted() {
        CountDownLatch isDone = new CountDownLatch(1);
        CompletableFuture<Boolean> wasInterruptedAtWork = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        isDone.await();
                        return false;
                    } catch (InterruptedException e) {
                        return true;
                    }
                },
                threads.journalFiles());
        CompletableFuture<Boolean> keptItsInterrupt = new CompletableFuture<>();
        Thread stopping = new Thread(() -> {
            threads.stop();
            keptItsInterrupt.complete(Thread.currentThread().isInterrupted());
        });
        stopping.start();
        stopping.interrupt();
        await().until(() -> threads.journalFiles().isShutdown());
        assertThat(keptItsInterrupt).isNotDone();
        isDone.countDown();
        assertThat(keptItsInterrupt).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(true);
        assertThat(wasInterruptedAtWork).isCompletedWithValue(false);
    }

    @Test
    void stoppedThreadsTakeNothingMore() {
        threads.stop();
        assertThat(catchThrowable(() -> threads.delivery().execute(() -> {})))
                .isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void threadsDoNotKeepTheProcessAlive() {
        assertThat(CompletableFuture.supplyAsync(() -> Thread.currentThread().isDaemon(), threads.delivery()))
                .succeedsWithin(Duration.ofSeconds(20))
                .isEqualTo(true);
        assertThat(threads.journalWriter().newThread(() -> {}).isDaemon()).isTrue();
        threads.stop();
    }
}
