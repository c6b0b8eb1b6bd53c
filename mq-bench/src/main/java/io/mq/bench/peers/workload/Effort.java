package io.mq.bench.peers.workload;

import java.time.Duration;

/**
 * How much is done for one figure.
 *
 * @param firstWarmUp of publishing before the first workload: client and broker have just started, and are still busy
 *     with loading and compiling their code
 * @param warmUp of each workload before it is measured
 * @param measured of each workload
 * @param storedBytes that a consumer reads from the oldest to the newest, again and again until the time is over
 * @param storedMessagesMax of them, where they are small: a second's worth of the fastest broker is enough
 */
public record Effort(
        Duration firstWarmUp, Duration warmUp, Duration measured, long storedBytes, long storedMessagesMax) {

    /** For figures. */
    private static final Effort FULL =
            new Effort(Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(10), 1_000_000_000, 2_000_000);

    /** For a first impression: all workloads on all brokers in under three minutes. */
    private static final Effort QUICK =
            new Effort(Duration.ofSeconds(3), Duration.ofSeconds(1), Duration.ofSeconds(2), 100_000_000, 400_000);

    /**
     * What is done for brokers of so many nodes: all of them load and compile their code with the same processors.
     *
     * @param isQuick for a first impression
     */
    public static Effort of(boolean isQuick, int nodes) {
        Effort alone = isQuick ? QUICK : FULL;
        return new Effort(
                alone.firstWarmUp.multipliedBy(nodes),
                alone.warmUp,
                alone.measured,
                alone.storedBytes,
                alone.storedMessagesMax);
    }

    /** Messages of this size that a consumer finds. */
    public long storedMessages(int bytes) {
        return Math.min(storedBytes / bytes, storedMessagesMax);
    }
}
