package io.mq.bench.peers.broker;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Counts what a broker has acknowledged, and keeps the first failure. */
public final class Acknowledgements {

    private static final long POLL_MILLIS = 1;

    private final LongAdder acknowledged = new LongAdder();
    private volatile Throwable failure;

    public void acknowledged() {
        acknowledged.increment();
    }

    public void failed(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
    }

    public long count() {
        return acknowledged.sum();
    }

    /** @throws IOException where a message was refused */
    public void check() throws IOException {
        if (failure != null) {
            throw new IOException("a message was not acknowledged: " + failure, failure);
        }
    }

    /** Waits until this many are acknowledged. */
    public void await(long messages, Duration timeout) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (count() < messages) {
            check();
            if (System.nanoTime() > deadline) {
                throw new IOException(
                        "%,d of %,d messages acknowledged after %s".formatted(count(), messages, timeout));
            }
            Thread.sleep(POLL_MILLIS);
        }
    }
}
