package io.mq.bench.peers.workload;

import java.util.List;

/** What the figures of a workload are. */
public enum Measure {
    /** Messages per second, acknowledged or received. */
    THROUGHPUT("messages/s", List.of(""), 0, "%,.0f"),
    /** From the moment at which a message was due to be sent to its arrival at the consumer. */
    LATENCY("ms", List.of("p50", "p99", "p99.9"), 1, "%,.3f");

    private final String unit;
    private final List<String> figures;
    private final int main;
    private final String format;

    Measure(String unit, List<String> figures, int main, String format) {
        this.unit = unit;
        this.figures = figures;
        this.main = main;
        this.format = format;
    }

    public String unit() {
        return unit;
    }

    /** The names of the figures; an only one has an empty name. */
    public List<String> figures() {
        return figures;
    }

    /** Which figure stands for all, where only one can. */
    public int main() {
        return main;
    }

    public boolean isHigherBetter() {
        return this == THROUGHPUT;
    }

    /** For people. */
    public String format(double figure) {
        return format.formatted(figure);
    }
}
