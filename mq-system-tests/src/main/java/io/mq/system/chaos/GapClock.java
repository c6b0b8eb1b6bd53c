package io.mq.system.chaos;

import java.util.concurrent.TimeUnit;

/** How long a producer was left without an acknowledgement at the most. Thread-safe. */
final class GapClock {

    private long lastNanos = System.nanoTime();
    private long longestNanos;
    private long acknowledged;

    /** Forgets the longest gap, and not when it was answered last: what begins is counted from there. */
    synchronized void begin() {
        longestNanos = 0;
        acknowledged = 0;
    }

    synchronized void acknowledged(long nowNanos) {
        longestNanos = Math.max(longestNanos, nowNanos - lastNanos);
        lastNanos = nowNanos;
        acknowledged++;
    }

    /** Since {@link #begin}. */
    synchronized long acknowledged() {
        return acknowledged;
    }

    /** Since {@link #begin}, between two acknowledgements. */
    synchronized long longestMillis() {
        return TimeUnit.NANOSECONDS.toMillis(longestNanos);
    }
}
