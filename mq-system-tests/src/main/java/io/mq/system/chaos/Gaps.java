package io.mq.system.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The gap of each round: how long a producer that was connected to a sound node was left without an acknowledgement. */
final class Gaps {

    /** By kind of fault, and by the victim's role. */
    private final Map<FaultKind, Map<String, List<Long>>> millis = new TreeMap<>();

    void add(Fault fault, long gapMillis) {
        millis.computeIfAbsent(fault.kind(), kind -> new TreeMap<>())
                .computeIfAbsent(fault.role(), role -> new ArrayList<>())
                .add(gapMillis);
    }

    /** How often there was which fault. */
    String faultsJson() {
        return millis.entrySet().stream()
                .map(each -> "\"%s\": %d"
                        .formatted(
                                each.getKey().text(),
                                each.getValue().values().stream()
                                        .mapToInt(List::size)
                                        .sum()))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    String json() {
        return json(millis.values().stream()
                .flatMap(roles -> roles.values().stream().flatMap(List::stream))
                .toList());
    }

    String byFaultJson() {
        return millis.entrySet().stream()
                .map(each -> "\"%s\": %s"
                        .formatted(
                                each.getKey().text(),
                                each.getValue().entrySet().stream()
                                        .map(role -> "\"%s\": %s".formatted(role.getKey(), json(role.getValue())))
                                        .collect(Collectors.joining(", ", "{", "}"))))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String json(List<Long> gaps) {
        return "{\"n\": %d, \"p50\": %d, \"max\": %d}".formatted(gaps.size(), median(gaps), max(gaps));
    }

    /** A line for each kind of fault and role. */
    String table() {
        StringBuilder lines = new StringBuilder("fault              victim        rounds   gap p50 ms   gap max ms\n");
        millis.forEach((kind, roles) -> roles.forEach((role, gaps) -> lines.append(
                "%-18s %-12s %,7d %,12d %,12d%n".formatted(kind.text(), role, gaps.size(), median(gaps), max(gaps)))));
        return lines.toString().stripTrailing();
    }

    private static long median(List<Long> gaps) {
        long[] sorted = gaps.stream().mapToLong(Long::longValue).sorted().toArray();
        return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
    }

    private static long max(List<Long> gaps) {
        return gaps.stream().mapToLong(Long::longValue).max().orElse(0);
    }
}
