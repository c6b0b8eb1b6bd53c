package io.mq.bench.neighbours;

import io.mq.bench.latency.Latencies;
import org.HdrHistogram.Histogram;

/**
 * What well-behaved traffic notices of one bad neighbour.
 *
 * @param neighbour its name, or {@link #ALONE}
 * @param acts how often it did what it does, over all measurements
 * @param delivered of the well-behaved traffic beside it, in nanoseconds
 */
record Effect(String neighbour, long acts, Histogram delivered) {

    /** The traffic without any neighbour. */
    static final String ALONE = "none";

    double millis(double percentile) {
        return Latencies.percentile(delivered, percentile);
    }

    /** How much longer the slowest hundredth takes than without the neighbour. */
    double p99Ratio(Effect alone) {
        return millis(99) / alone.millis(99);
    }
}
