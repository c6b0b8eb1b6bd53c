package io.mq.bench.peers.workload;

import io.mq.bench.peers.broker.Deliveries;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Takes the time from the first of a number of messages to the last. */
final class Arrivals implements Deliveries {

    private final long expected;
    private final CountDownLatch end = new CountDownLatch(1);

    /** Owned by the consumer's thread until the end. */
    private long received;

    private long firstNanos;
    private long lastNanos;
    private Throwable failure;

    /** @param expected two at least */
    Arrivals(long expected) {
        this.expected = expected;
    }

    @Override
    public void delivered(long head) {
        received++;
        if (received == 1) {
            firstNanos = System.nanoTime();
        }
        if (received == expected) {
            lastNanos = System.nanoTime();
            end.countDown();
        }
    }

    @Override
    public void failed(Throwable cause) {
        if (end.getCount() > 0) {
            failure = cause;
            end.countDown();
        }
    }

    /** Nanoseconds from the first message to the last. */
    long await(Duration timeout) throws IOException, InterruptedException {
        if (!end.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IOException("%,d messages have not arrived after %s".formatted(expected, timeout));
        }
        if (failure != null) {
            throw new IOException("the consumer failed: " + failure, failure);
        }
        return Math.max(1, lastNanos - firstNanos);
    }
}
