package io.mq.server;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import sun.misc.Signal;

/**
 * Waits for SIGTERM or SIGINT. The virtual machine's own reaction would stop the log at once, run everything that has to
 * be stopped in parallel, and end with the status of a failure.
 */
final class StopSignal {

    /** Whoever asks a process to stop kills it after ten seconds, as a rule. */
    private static final Duration STOP_TIME_MAX = Duration.ofMillis(9500);

    private final CountDownLatch received = new CountDownLatch(1);

    private volatile boolean isStarted;

    static StopSignal install() {
        StopSignal signal = new StopSignal();
        Signal.handle(new Signal("TERM"), s -> signal.receive());
        Signal.handle(new Signal("INT"), s -> signal.receive());
        return signal;
    }

    private void receive() {
        if (!isStarted) {
            // Nothing has been promised to anybody yet, so there is nothing to finish.
            Runtime.getRuntime().halt(0);
        }
        received.countDown();
    }

    void started() {
        isStarted = true;
    }

    void await() throws InterruptedException {
        received.await();
        Thread watchdog = new Thread(StopSignal::endLate, "mq-stop-watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
    }

    private static void endLate() {
        try {
            TimeUnit.NANOSECONDS.sleep(STOP_TIME_MAX.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        System.err.println("mq: did not finish in time and ends now; the next start recovers everything acknowledged");
        Runtime.getRuntime().halt(StartupFailedException.INTERNAL);
    }
}
