package io.mq.bench.compare;

import java.util.Arrays;
import java.util.List;

/** The figure in the middle, which a round that was disturbed does not move. */
public final class Median {

    private Median() {}

    /** @param figures one at least */
    public static double of(List<Double> figures) {
        double[] sorted =
                figures.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1
                ? sorted[middle]
                : Arrays.stream(sorted, middle - 1, middle + 1).average().orElseThrow();
    }
}
