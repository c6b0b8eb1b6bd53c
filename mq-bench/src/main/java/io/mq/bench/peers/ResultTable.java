package io.mq.bench.peers;

import io.mq.bench.peers.broker.Peer;
import io.mq.bench.peers.workload.Measure;
import io.mq.bench.peers.workload.Workload;
import java.util.List;

/** The results for people: a column for each broker, then one for the ratio of mq to each peer; and their memory. */
final class ResultTable {

    private static final String LABEL = "%-30s";
    private static final String CELL = "%16s";
    private static final double BYTES_PER_MB = 1e6;

    private ResultTable() {}

    /** @param brokers mq first */
    static String of(Results results, List<Peer> brokers) {
        List<String> names = brokers.stream().map(Peer::name).toList();
        StringBuilder table = new StringBuilder("%n".formatted()).append(LABEL.formatted("median"));
        names.forEach(name -> table.append(CELL.formatted(name)));
        others(names).forEach(name -> table.append(CELL.formatted("mq/" + name)));
        table.append("%n".formatted());
        for (Workload workload : results.workloads()) {
            Measure measure = workload.measure();
            for (int figure = 0; figure < measure.figures().size(); figure++) {
                table.append(row(results, names, workload, figure));
            }
        }
        table.append("More messages/s are better, and so are fewer ms.%n".formatted());
        return table.append(memory(results, names)).toString();
    }

    /** A column for each broker; nothing where the system tells nothing. */
    private static String memory(Results results, List<String> names) {
        StringBuilder rows = new StringBuilder();
        for (Workload workload : results.workloads()) {
            if (names.stream().allMatch(name -> results.rssPeak(workload, name).isPresent())) {
                rows.append(LABEL.formatted(workload.label()));
                names.forEach(name -> rows.append(CELL.formatted(
                        "%,.0f".formatted(results.rssPeak(workload, name).getAsLong() / BYTES_PER_MB))));
                rows.append("%n".formatted());
            }
        }
        if (rows.isEmpty()) {
            return "";
        }
        StringBuilder head = new StringBuilder("%n".formatted()).append(LABEL.formatted("resident at most, MB"));
        names.forEach(name -> head.append(CELL.formatted(name)));
        return head.append("%n".formatted()).append(rows).toString();
    }

    private static String row(Results results, List<String> names, Workload workload, int figure) {
        Measure measure = workload.measure();
        String label = "%s %s".formatted(workload.label(), measure.figures().get(figure));
        StringBuilder row = new StringBuilder(LABEL.formatted(label.strip() + ", " + measure.unit()));
        names.forEach(name -> row.append(CELL.formatted(measure.format(results.median(workload, name, figure)))));
        others(names)
                .forEach(name -> row.append(
                        CELL.formatted("%.2f".formatted(results.ratio(workload, names.get(0), name, figure)))));
        return row.append("%n".formatted()).toString();
    }

    private static List<String> others(List<String> names) {
        return names.subList(1, names.size());
    }
}
