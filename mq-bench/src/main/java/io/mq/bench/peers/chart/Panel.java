package io.mq.bench.peers.chart;

import java.util.List;

/**
 * One group of bars, which share a scale.
 *
 * @param note the unit, and which way is better
 * @param bars one at least
 */
record Panel(String title, String note, List<Bar> bars) {

    /**
     * @param value above zero
     * @param isOwn whether it is the one that the others are there to be compared with
     */
    record Bar(String label, double value, boolean isOwn) {}

    double max() {
        return bars.stream().mapToDouble(Bar::value).max().orElseThrow();
    }
}
