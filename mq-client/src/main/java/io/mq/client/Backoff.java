package io.mq.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: twice as long each time up to a limit, and at random between half of that
 * and all of it, so that many clients do not come back in the same moment.
 *
 * <p>Not thread-safe.
 */
final class Backoff {

    private final long firstNanos;
    private final long maxNanos;
    private final RandomGenerator random;
    private long nextNanos;

    Backoff(Duration first, Duration max, RandomGenerator random) {
        this.firstNanos = first.toNanos();
        this.maxNanos = max.toNanos();
        this.random = random;
        this.nextNanos = firstNanos;
    }

    Duration next() {
        long nanos = nextNanos;
        nextNanos = Math.min(maxNanos, 2 * nanos);
        return Duration.ofNanos(nanos / 2 + random.nextLong(nanos / 2 + 1));
    }

    /** The attempt succeeded. */
    void reset() {
        nextNanos = firstNanos;
    }
}
