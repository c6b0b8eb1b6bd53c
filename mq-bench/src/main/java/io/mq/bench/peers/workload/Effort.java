package io.mq.bench.peers.workload;

import java.time.Duration;

/**
 * How much is done for one figure.
 *
 * @param warmUp of each workload before it is measured: the code of client and broker gets compiled
 * @param measured of each workload
 * @param storedBytes that a consumer reads from the oldest to the newest, again and again until the time is over
 */
public record Effort(Duration warmUp, Duration measured, long storedBytes) {

    /** Small messages need not fill all the bytes: a second's worth of the fastest broker is enough. */
    private static final long STORED_MESSAGES_MAX = 2_000_000;

    /** For figures. */
    public static final Effort FULL = new Effort(Duration.ofSeconds(5), Duration.ofSeconds(10), 500_000_000);

    /** For a first impression: all workloads on all brokers in under three minutes. */
    public static final Effort QUICK = new Effort(Duration.ofSeconds(2), Duration.ofSeconds(2), 40_000_000);

    /** Messages of this size that a consumer finds. */
    public long storedMessages(int bytes) {
        return Math.min(storedBytes / bytes, STORED_MESSAGES_MAX);
    }
}
