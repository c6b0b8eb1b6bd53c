package io.mq.bench.peers;

import io.mq.bench.peers.broker.Peer;
import io.mq.bench.peers.broker.Topology;
import io.mq.bench.peers.workload.Measure;
import io.mq.bench.peers.workload.Workload;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The medians for programs: a line for each workload and broker, with the number of the
 * broker's nodes. Where a workload has several figures, {@code value} is
 * the one that {@code figure} names, and all are there under their names too. mq's lines carry its value divided by
 * that of each peer. The peak of a broker's resident memory is there where the system tells it.
 */
final class JsonLines {

    private JsonLines() {}

    /** @param brokers mq first */
    static String of(Results results, List<Peer> brokers, Topology topology) {
        return results.workloads().stream()
                .flatMap(workload -> brokers.stream().map(broker -> line(results, workload, broker, brokers, topology)))
                .collect(Collectors.joining());
    }

    private static String line(Results results, Workload workload, Peer broker, List<Peer> brokers, Topology topology) {
        Measure measure = workload.measure();
        return "{\"workload\": \"%s\", \"broker\": \"%s\", \"nodes\": %d, \"durability\": \"%s\", \"unit\": \"%s\", \"value\": %s%s%s%s}\n"
                .formatted(
                        workload.label(),
                        broker.name(),
                        topology.nodes(),
                        broker.durability(topology),
                        measure.unit(),
                        number(results.median(workload, broker.name(), measure.main())),
                        figures(results, workload, broker),
                        broker == brokers.get(0) ? ratios(results, workload, brokers) : "",
                        memory(results, workload, broker));
    }

    private static String figures(Results results, Workload workload, Peer broker) {
        Measure measure = workload.measure();
        if (measure.figures().size() == 1) {
            return "";
        }
        return ", \"figure\": \"%s\"".formatted(measure.figures().get(measure.main()))
                + IntStream.range(0, measure.figures().size())
                        .mapToObj(figure -> ", \"%s\": %s"
                                .formatted(
                                        measure.figures().get(figure),
                                        number(results.median(workload, broker.name(), figure))))
                        .collect(Collectors.joining());
    }

    private static String ratios(Results results, Workload workload, List<Peer> brokers) {
        String mq = brokers.get(0).name();
        int main = workload.measure().main();
        return brokers.stream()
                .skip(1)
                .map(peer ->
                        "\"%s\": %s".formatted(peer.name(), number(results.ratio(workload, mq, peer.name(), main))))
                .collect(Collectors.joining(", ", ", \"ratio\": {", "}"));
    }

    private static String memory(Results results, Workload workload, Peer broker) {
        OptionalLong bytes = results.rssPeak(workload, broker.name());
        return bytes.isPresent() ? ", \"rss_peak_bytes\": " + bytes.getAsLong() : "";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
