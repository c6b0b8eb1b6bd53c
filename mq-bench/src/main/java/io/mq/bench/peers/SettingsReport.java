package io.mq.bench.peers;

import io.mq.bench.peers.broker.Peer;
import io.mq.bench.peers.broker.Topology;
import io.mq.bench.peers.workload.Effort;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the figures were measured with. */
final class SettingsReport {

    private static final String LINE = "  %-15s%s%n";

    private SettingsReport() {}

    static void print(RunPlan plan, PrintStream out) throws IOException {
        out.println("all brokers");
        out.printf(LINE, "machine", machine(plan));
        out.printf(LINE, "load", load(plan.topology()));
        out.printf(LINE, "client JVM", clientJvm() + ", a new one for each broker and run");
        out.printf(LINE, "runs", runs(plan));
        for (Peer broker : plan.brokers()) {
            out.printf("%s %s%n", broker.name(), broker.version());
            out.printf(LINE, "durability", broker.durability(plan.topology()));
            for (Map.Entry<String, String> setting :
                    broker.settings(plan.topology()).entrySet()) {
                out.printf(LINE, setting.getKey(), setting.getValue());
            }
        }
        out.println();
    }

    private static String machine(RunPlan plan) throws IOException {
        return "%d processors, %s %s, Java %s, data on %s"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        System.getProperty("java.version"),
                        Files.getFileStore(plan.directory()).type());
    }

    private static String load(Topology topology) {
        String load = "one producer, one consumer, one topic of one partition";
        return topology.isCluster()
                ? "%s and %d copies; each broker has %d nodes, and clients are given the addresses of all"
                        .formatted(load, topology.nodes(), topology.nodes())
                : load + " and one copy";
    }

    private static String clientJvm() {
        List<String> arguments = ManagementFactory.getRuntimeMXBean().getInputArguments();
        return arguments.stream().filter(argument -> argument.startsWith("-X")).collect(Collectors.joining(" "));
    }

    private static String runs(RunPlan plan) {
        Effort effort = plan.effort();
        return "%d; after a start and %d s of warm-up each workload %d s after %d s of its own; consumers read %,d messages of 100 B and %,d of 1 KiB, again and again"
                .formatted(
                        plan.runs(),
                        effort.firstWarmUp().toSeconds(),
                        effort.measured().toSeconds(),
                        effort.warmUp().toSeconds(),
                        effort.storedMessages(100),
                        effort.storedMessages(1024));
    }
}
