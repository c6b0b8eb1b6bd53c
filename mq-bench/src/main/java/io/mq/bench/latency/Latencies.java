package io.mq.bench.latency;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;

/**
 * How long messages took, in nanoseconds from the moment at which each was due: to their acknowledgement and to their
 * delivery. Safe for use by any thread.
 */
public record Latencies(Histogram acknowledged, Histogram delivered) {

    private static final int SIGNIFICANT_DIGITS = 3;

    Latencies() {
        this(new SynchronizedHistogram(SIGNIFICANT_DIGITS), new SynchronizedHistogram(SIGNIFICANT_DIGITS));
    }

    /** In milliseconds. */
    public static double percentile(Histogram nanos, double percentile) {
        return nanos.getValueAtPercentile(percentile) / 1e6;
    }

    /** In milliseconds. */
    public static double max(Histogram nanos) {
        return nanos.getMaxValue() / 1e6;
    }
}
