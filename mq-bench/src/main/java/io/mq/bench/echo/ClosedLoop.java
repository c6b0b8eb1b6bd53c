package io.mq.bench.echo;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

/** Keeps a number of messages unanswered, each answer sending the next, and counts the answers. Runs once. */
abstract class ClosedLoop {

    private static final long POLL_MILLIS = 10;

    private final LongAdder answers = new LongAdder();
    private final Semaphore ended = new Semaphore(0);
    private volatile boolean isOver;
    private volatile Throwable failure;

    /** Opens the calls and sends the first messages. Answers how many calls there are. */
    abstract int start();

    /** Answers per second. Returns when nothing is in flight any more. */
    final double run(Duration duration) throws IOException {
        long start = System.nanoTime();
        return run(() -> System.nanoTime() - start >= duration.toNanos());
    }

    /** The same, until this says that it is enough. */
    final double run(BooleanSupplier isEnough) throws IOException {
        long start = System.nanoTime();
        int calls = start();
        while (!isEnough.getAsBoolean() && failure == null) {
            sleepBriefly();
        }
        double rate = answers.sum() / ((System.nanoTime() - start) / 1e9);
        isOver = true;
        ended.acquireUninterruptibly(calls);
        if (failure != null) {
            throw new IOException("a call failed: " + failure, failure);
        }
        return rate;
    }

    private static void sleepBriefly() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether nothing more is to be sent. */
    final boolean isOver() {
        return isOver;
    }

    final void answered() {
        answers.increment();
    }

    /** Ends the loop with this failure; its calls still have to end. */
    final void failed(Throwable cause) {
        failure = cause;
    }

    /** One of the calls has come to its end. */
    final void ended() {
        ended.release();
    }
}
