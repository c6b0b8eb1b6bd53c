package io.mq.bench.load;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Counts what happens while the clock runs, and how long each took. Safe for use by any thread. */
final class Meter {

    private static final int SIGNIFICANT_DIGITS = 3;

    private final LongAdder count = new LongAdder();
    private final Histogram nanos = new ConcurrentHistogram(SIGNIFICANT_DIGITS);
    private volatile boolean isRunning;
    private long startNanos;
    private long stopNanos;

    void start() {
        startNanos = System.nanoTime();
        isRunning = true;
    }

    void stop() {
        isRunning = false;
        stopNanos = System.nanoTime();
    }

    boolean isRunning() {
        return isRunning;
    }

    void count(long messages) {
        if (isRunning) {
            count.add(messages);
        }
    }

    /** @param sinceNanos when it was due */
    void took(long sinceNanos) {
        if (isRunning) {
            nanos.recordValue(Math.max(0, System.nanoTime() - sinceNanos));
        }
    }

    long count() {
        return count.sum();
    }

    double perSecond() {
        return count.sum() / ((stopNanos - startNanos) / 1e9);
    }

    /** Percentiles in milliseconds. */
    Map<String, Object> millis(String prefix) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put(prefix + "_p50_ms", nanos.getValueAtPercentile(50) / 1e6);
        figures.put(prefix + "_p99_ms", nanos.getValueAtPercentile(99) / 1e6);
        figures.put(prefix + "_p99.9_ms", nanos.getValueAtPercentile(99.9) / 1e6);
        figures.put(prefix + "_max_ms", nanos.getMaxValue() / 1e6);
        return figures;
    }
}
