package io.mq.bench.peers;

import io.mq.bench.option.WholeNumber;
import io.mq.bench.peers.broker.Leftovers;
import io.mq.bench.peers.broker.Peer;
import io.mq.bench.peers.broker.Topology;
import io.mq.bench.peers.chart.PeersChart;
import io.mq.bench.peers.workload.Workload;
import io.mq.bench.server.Directories;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The same workloads on mq and on its peers, in turn, on this machine. */
@Command(
        name = "peers",
        description = {
            "The same workloads on mq, Kafka and NATS JetStream in turn, and the ratio of mq to each of them.",
            "One node of each, or with --cluster three that keep three copies.",
            "Takes half an hour and 10 GB of disk meanwhile; with --quick three minutes and 3 GB, for a first impression."
        },
        sortOptions = false)
public final class PeersCommand implements Callable<Integer> {

    private static final int RUNS = 3;

    @Option(names = "--quick", description = "Once, with short measurements: under three minutes in all.")
    private boolean isQuick;

    @Option(
            names = "--cluster",
            description =
                    "Three nodes of each on this machine, three copies of each message, an acknowledgement when two"
                            + " have it at least.")
    private boolean isCluster;

    @Option(
            names = "--runs",
            converter = WholeNumber.FromOne.class,
            paramLabel = "N",
            description = "On each broker in turn; medians count. Default: 3.")
    private Integer runs;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "WORKLOAD",
            converter = ToWorkload.class,
            description =
                    "Some of publish-100B, publish-1KiB, consume-100B, consume-1KiB, unary-publish, e2e-1000, e2e-500."
                            + " Default: all but e2e-500; with --cluster publish-100B, publish-1KiB, e2e-500.")
    private List<Workload> workloads = List.of();

    @Option(
            names = "--peers",
            split = ",",
            paramLabel = "PEER",
            converter = ToPeerName.class,
            description = "Some of kafka, kafka-fsync, nats. Default: all that can run here.")
    private List<String> peers = Peers.OTHERS.stream().map(Peer::name).toList();

    @Mixin
    private Tuning tuning;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where the brokers keep their data meanwhile; created where it is missing."
                    + " Default: the directory for temporary files.")
    private Path directory = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(
            names = "--chart",
            paramLabel = "FILE",
            description = "Draw the results as SVG too: a panel for each workload, a bar for each broker.")
    private Path chart;

    @Option(names = "--json", description = "Print one line of JSON for each workload and broker.")
    private boolean isJsonWanted;

    @Option(names = "--help", usageHelp = true, description = "Show this and exit.")
    private boolean isHelpWanted;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintStream comments = isJsonWanted ? System.err : System.out;
        requireValidTuning();
        requireWritableChart();
        Path existing = existingDirectory();
        List<Peer> brokers = present(comments);
        Topology topology = isCluster ? Topology.CLUSTER : Topology.ALONE;
        RunPlan plan =
                new RunPlan(runs(), brokers, topology, workloads(topology), isQuick, tuning.arguments(), existing);
        SettingsReport.print(plan, comments);
        try (Leftovers leftovers = Leftovers.untilExit()) {
            Results results = results(plan, leftovers);
            String lines = JsonLines.of(results, brokers, topology);
            System.out.print(isJsonWanted ? lines : ResultTable.of(results, brokers));
            if (chart != null) {
                Files.writeString(chart, PeersChart.of(lines.lines().toList()));
            }
            return 0;
        }
    }

    private Results results(RunPlan plan, Leftovers leftovers) throws IOException {
        Progress progress = new Progress(isJsonWanted);
        try {
            return new PeersRun(plan, leftovers, progress).run();
        } catch (IOException e) {
            progress.clear();
            if (leftovers.isOver()) {
                // Interrupted: the failure is only that of processes that were ended. The exit waits for the clean-up.
                System.exit(1);
            }
            throw e;
        }
    }

    private void requireValidTuning() {
        try {
            tuning.requireValid();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--kafka-producer: %s; see https://kafka.apache.org/documentation/#producerconfigs"
                            .formatted(e.getMessage()),
                    e);
        }
    }

    /** Asked before the run, which takes half an hour. */
    private void requireWritableChart() {
        if (chart != null && (Files.isDirectory(chart) || !Files.isDirectory(parent(chart)))) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--chart %s cannot be written; name a file in a directory that is there".formatted(chart));
        }
    }

    private static Path parent(Path file) {
        return file.toAbsolutePath().getParent();
    }

    private Path existingDirectory() {
        try {
            return Directories.create(directory);
        } catch (IOException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--data-dir %s cannot be used: %s; name a directory, there or not, on a disk with room"
                            .formatted(directory, e.getMessage()),
                    e);
        }
    }

    private int runs() {
        if (runs != null) {
            return runs;
        }
        return isQuick ? 1 : RUNS;
    }

    private List<Workload> workloads(Topology topology) {
        return workloads.isEmpty() ? Workload.usual(topology) : workloads;
    }

    private List<Peer> present(PrintStream comments) {
        List<Peer> present = new ArrayList<>(List.of(Peers.MQ));
        List<Peer> tuned = tuning.peers();
        for (String name : peers) {
            Peer peer = Peers.find(name, tuned).orElseThrow();
            Optional<String> absence = peer.absence();
            if (absence.isEmpty()) {
                present.add(peer);
            } else {
                comments.printf("%s is skipped: %s%n", peer.name(), absence.get());
            }
        }
        return present;
    }

    static final class ToWorkload implements ITypeConverter<Workload> {

        @Override
        public Workload convert(String label) {
            return Workload.find(label)
                    .orElseThrow(() -> new TypeConversionException("'%s' is none of %s"
                            .formatted(label, Arrays.toString(Workload.values()).replaceAll("[\\[\\]]", ""))));
        }
    }

    static final class ToPeerName implements ITypeConverter<String> {

        @Override
        public String convert(String name) {
            return Peers.find(name, Peers.OTHERS)
                    .map(Peer::name)
                    .orElseThrow(() -> new TypeConversionException(
                            "'%s' is none of %s".formatted(name, Peers.names(Peers.OTHERS))));
        }
    }
}
