package io.mq.bench.peers;

import io.mq.bench.peers.workload.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The figures of all runs. */
final class Results {

    private final Map<Workload, Map<String, List<List<Double>>>> runs = new EnumMap<>(Workload.class);

    void add(Workload workload, String broker, List<Double> figures) {
        runs.computeIfAbsent(workload, absent -> new LinkedHashMap<>())
                .computeIfAbsent(broker, absent -> new ArrayList<>())
                .add(figures);
    }

    Set<Workload> workloads() {
        return runs.keySet();
    }

    /** @param figure the index of one of {@code workload.measure().figures()} */
    double median(Workload workload, String broker, int figure) {
        double[] sorted = runs.get(workload).get(broker).stream()
                .mapToDouble(figures -> figures.get(figure))
                .sorted()
                .toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1
                ? sorted[middle]
                : Arrays.stream(sorted, middle - 1, middle + 1).average().orElseThrow();
    }

    /** The median of one broker divided by that of another. */
    double ratio(Workload workload, String broker, String other, int figure) {
        return median(workload, broker, figure) / median(workload, other, figure);
    }
}
