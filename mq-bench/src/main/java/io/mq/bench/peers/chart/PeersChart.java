package io.mq.bench.peers.chart;

import io.mq.bench.peers.chart.Panel.Bar;
import io.mq.bench.peers.workload.Workload;
import java.io.IOException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The results of {@code mq bench peers}: a panel for each workload, a bar for each broker. */
public final class PeersChart {

    /** The broker that all others are there to be compared with. */
    private static final String OWN = "mq";

    private PeersChart() {}

    /**
     * @param jsonLines as {@code mq bench peers --json} prints them
     * @return an SVG document
     * @throws IOException saying which line is no result
     */
    public static String of(List<String> jsonLines) throws IOException {
        List<ResultLine> results = ResultLine.parse(jsonLines);
        Map<Workload, Map<String, ResultLine>> byWorkload = new EnumMap<>(Workload.class);
        Map<String, String> durabilities = new LinkedHashMap<>();
        for (ResultLine result : results) {
            ResultLine other = byWorkload
                    .computeIfAbsent(result.workload(), absent -> new LinkedHashMap<>())
                    .put(result.broker(), result);
            if (other != null) {
                throw new IOException("there are two results of %s for %s; give those of one run of mq bench peers"
                        .formatted(result.broker(), result.workload()));
            }
            durabilities.put(result.broker(), result.durability());
        }
        return BarChart.draw(
                title(durabilities, results.get(0).nodes()),
                byWorkload.values().stream()
                        .map(brokers -> panel(List.copyOf(brokers.values())))
                        .toList(),
                footnotes(durabilities));
    }

    private static String title(Map<String, String> durabilities, int nodes) {
        String title = "mq beside " + String.join(", ", others(durabilities));
        return nodes > 1 ? "%s; %d nodes of each".formatted(title, nodes) : title;
    }

    private static List<String> footnotes(Map<String, String> durabilities) {
        return Stream.concat(
                        Stream.of("What an acknowledgement stands for:"),
                        durabilities.entrySet().stream()
                                .map(broker -> "%s: %s".formatted(broker.getKey(), broker.getValue())))
                .toList();
    }

    private static List<String> others(Map<String, String> durabilities) {
        return durabilities.keySet().stream()
                .filter(broker -> !broker.equals(OWN))
                .toList();
    }

    private static Panel panel(List<ResultLine> results) {
        ResultLine any = results.get(0);
        String title =
                any.workload().label() + any.figure().map(name -> ", " + name).orElse("");
        String better = any.workload().measure().isHigherBetter() ? "more" : "less";
        return new Panel(
                title,
                "%s, %s is better".formatted(any.unit(), better),
                results.stream()
                        .map(result -> new Bar(
                                result.broker(), result.value(), result.broker().equals(OWN)))
                        .toList());
    }
}
