package io.mq.bench.peers.workload;

import io.mq.bench.peers.broker.Deliveries;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Takes how late each message is, after a number of them that do not count. */
final class Delays implements Deliveries {

    private static final int SIGNIFICANT_DIGITS = 3;

    private final long ignored;
    private final long expected;
    private final CountDownLatch end = new CountDownLatch(1);

    /** Owned by the consumer's thread until the end. */
    private final Histogram histogram = new Histogram(SIGNIFICANT_DIGITS);

    private long received;
    private Throwable failure;

    Delays(long ignored, long measured) {
        this.ignored = ignored;
        this.expected = ignored + measured;
    }

    /** @param head when the message was due, by {@link System#nanoTime} */
    @Override
    public void delivered(long head) {
        received++;
        if (received > ignored && received <= expected) {
            histogram.recordValue(Math.max(0, System.nanoTime() - head));
        }
        if (received == expected) {
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

    /** Nanoseconds of all measured messages, once they are there. */
    Histogram await(Duration timeout) throws IOException, InterruptedException {
        if (!end.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IOException("%,d messages have not arrived after %s".formatted(expected, timeout));
        }
        if (failure != null) {
            throw new IOException("the consumer failed: " + failure, failure);
        }
        return histogram;
    }
}
