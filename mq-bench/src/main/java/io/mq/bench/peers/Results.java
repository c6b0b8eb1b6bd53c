package io.mq.bench.peers;

import io.mq.bench.compare.Median;
import io.mq.bench.peers.workload.Workload;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** The figures of all runs. */
final class Results {

    private final Map<Workload, Map<String, List<List<Double>>>> runs = new EnumMap<>(Workload.class);
    private final Map<Workload, Map<String, Long>> rssPeaks = new EnumMap<>(Workload.class);

    void add(Workload workload, String broker, List<Double> figures) {
        runs.computeIfAbsent(workload, absent -> new LinkedHashMap<>())
                .computeIfAbsent(broker, absent -> new ArrayList<>())
                .add(figures);
    }

    /** @param bytes the most that the broker's processes had resident while this workload ran */
    void addRssPeak(Workload workload, String broker, long bytes) {
        rssPeaks.computeIfAbsent(workload, absent -> new HashMap<>()).merge(broker, bytes, Math::max);
    }

    /** The highest of all runs, in bytes; empty where the system does not tell it. */
    OptionalLong rssPeak(Workload workload, String broker) {
        Long bytes = rssPeaks.getOrDefault(workload, Map.of()).get(broker);
        return bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes);
    }

    Set<Workload> workloads() {
        return runs.keySet();
    }

    /** @param figure the index of one of {@code workload.measure().figures()} */
    double median(Workload workload, String broker, int figure) {
        return Median.of(runs.get(workload).get(broker).stream()
                .map(figures -> figures.get(figure))
                .toList());
    }

    /** The median of one broker divided by that of another. */
    double ratio(Workload workload, String broker, String other, int figure) {
        return median(workload, broker, figure) / median(workload, other, figure);
    }
}
