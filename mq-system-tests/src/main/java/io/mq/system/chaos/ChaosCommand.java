package io.mq.system.chaos;

import io.mq.system.cluster.LoopbackNetwork;
import io.mq.system.cluster.NamespaceNetwork;
import io.mq.system.cluster.Network;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of the chaos run. */
@Command(
        name = "mq chaos",
        description =
                "Kills a server with -9 again and again under load, and checks after each restart that everything it had acknowledged is there, once and in order. With --nodes 3, three servers are a cluster, and each round breaks something of it.",
        optionListHeading = "%nOptions:%n",
        footer = {
            "",
            "Exit status: 0 nothing was lost, reordered or different on the nodes, 1 something was, 2 bad option,",
            "3 a cluster did not come back although nothing was broken any more."
        },
        sortOptions = false)
public final class ChaosCommand implements Callable<Integer> {

    private static final int STUCK_STATUS = 3;
    private static final int HELP_WIDTH = 100;

    private static final String NEEDED =
            "cuts need Linux, root and the program ip, slow the queue tbf of the program tc as well, and full-disk root, mkfs.ext4 and loop devices";

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "20",
            description = "How often to break something. Default: 20.")
    private int rounds;

    @Option(
            names = "--servers",
            paramLabel = "N",
            defaultValue = "1",
            description = "Servers side by side, which share the rounds. Default: 1.")
    private int servers;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "1",
            description = "Servers that make one cluster: 3 or 5. Default: 1, for a server without others.")
    private int nodes;

    @Option(
            names = "--shards",
            paramLabel = "N",
            defaultValue = "1",
            description = "With --nodes: logs over which they spread what they hold. Default: 1.")
    private int shards;

    @Option(
            names = "--faults",
            paramLabel = "FAULT",
            split = ",",
            description =
                    "With --nodes: what may happen, with commas between. Default: all that this machine lets happen.")
    private List<String> faults;

    @Option(names = "--seed", paramLabel = "S", description = "Repeats what was random in an earlier run.")
    private Long seed;

    @Option(names = "--json", description = "Print one line of JSON at the end instead of a table.")
    private boolean isJsonWanted;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Where the server keeps its data, which stays there. Default: a temporary directory.")
    private Path directory;

    @Option(names = "--help", usageHelp = true, description = "Show this and exit.")
    private boolean isHelpWanted;

    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        CommandLine commandLine = new CommandLine(new ChaosCommand());
        UsageMessageSpec usage = commandLine.getCommandSpec().usageMessage();
        usage.footer(
                Stream.concat(faultsForPeople(), Arrays.stream(usage.footer())).toArray(String[]::new));
        System.exit(commandLine.setUsageHelpWidth(HELP_WIDTH).execute(args));
    }

    private static Stream<String> faultsForPeople() {
        return Stream.of(
                        Stream.of("", "Faults:"),
                        Arrays.stream(FaultKind.values())
                                .map(kind -> "  %-17s %s".formatted(kind.text(), kind.description())),
                        Stream.of(
                                "",
                                "The last four need Linux, root and the program ip: each node is then in a network",
                                "namespace of its own. full-disk needs root, mkfs.ext4 and loop devices: each node's",
                                "data is then on a file system of its own."))
                .flatMap(Function.identity());
    }

    @Override
    public Integer call() throws Exception {
        long chosenSeed = seed == null ? new Random().nextLong(1_000_000_000) : seed;
        Path workingDirectory = directory == null ? Files.createTempDirectory("mq-chaos") : directory;
        PrintStream progress = isJsonWanted ? System.err : System.out;
        requireOptionsThatGoTogether();
        int status = nodes == 1
                ? runServers(workingDirectory, chosenSeed, progress)
                : runCluster(workingDirectory, chosenSeed, progress);
        if (status == 0 && directory == null) {
            deleteTree(workingDirectory);
        }
        return status;
    }

    private void requireOptionsThatGoTogether() {
        if (nodes != 1 && nodes != 3 && nodes != 5) {
            throw bad("--nodes=%d: a cluster has 3 or 5 nodes; give one of these, or 1".formatted(nodes));
        }
        if (nodes > 1 && servers > 1) {
            throw bad("--servers are servers without a cluster, --nodes are a cluster's; give one of them");
        }
        if (shards < 1 || (nodes == 1 && shards > 1)) {
            throw bad("--shards=%d: a cluster has one or more, a single server one; give --nodes 3 as well"
                    .formatted(shards));
        }
        if (nodes == 1 && faults != null) {
            throw bad("--faults are those of a cluster, a single server is killed; give --nodes 3 as well");
        }
    }

    private ParameterException bad(String text) {
        return new ParameterException(spec.commandLine(), text);
    }

    private int runServers(Path workingDirectory, long chosenSeed, PrintStream progress) throws Exception {
        progress.printf("mq chaos: %d rounds, seed %d, in %s%n", rounds, chosenSeed, workingDirectory);
        ChaosReport report = ChaosReport.sum(run(workingDirectory, chosenSeed, progress), chosenSeed);
        System.out.println(isJsonWanted ? report.toJson() : report.toTable());
        return report.lost() == 0 && report.reordered() == 0 ? 0 : 1;
    }

    private int runCluster(Path workingDirectory, long chosenSeed, PrintStream progress) throws Exception {
        try (Network network = NamespaceNetwork.isPossible() ? NamespaceNetwork.open(nodes) : new LoopbackNetwork()) {
            List<FaultKind> kinds = faultKinds(network, progress);
            progress.printf(
                    "mq chaos: %d rounds of %d nodes with %d shards, seed %d, in %s; faults: %s%n",
                    rounds, nodes, shards, chosenSeed, workingDirectory, texts(kinds));
            ClusterReport report =
                    new ClusterRun(workingDirectory, nodes, shards, network, rounds, kinds, chosenSeed, progress).run();
            System.out.println(isJsonWanted ? report.toJson() : report.toTable());
            if (!report.stuck().isEmpty()) {
                System.err.println("STUCK: " + report.stuck());
                return STUCK_STATUS;
            }
            return report.isGood() ? 0 : 1;
        }
    }

    /** Those that were asked for, or all that are possible. */
    private List<FaultKind> faultKinds(Network network, PrintStream progress) {
        List<FaultKind> possible = FaultKind.possible(network);
        List<FaultKind> impossible = new ArrayList<>(List.of(FaultKind.values()));
        impossible.removeAll(possible);
        if (faults == null) {
            if (!impossible.isEmpty()) {
                progress.printf("left out: %s; %s%n", texts(impossible), NEEDED);
            }
            return possible;
        }
        List<FaultKind> asked = new ArrayList<>();
        for (String fault : faults) {
            try {
                asked.add(FaultKind.parse(fault));
            } catch (IllegalArgumentException e) {
                throw bad("--faults: " + e.getMessage());
            }
        }
        impossible.retainAll(asked);
        if (!impossible.isEmpty()) {
            throw bad("--faults: %s cannot be had here; %s; become root or leave them out"
                    .formatted(texts(impossible), NEEDED));
        }
        return asked;
    }

    private static String texts(List<FaultKind> kinds) {
        return kinds.stream().map(FaultKind::text).collect(Collectors.joining(","));
    }

    /** Each server has a run of its own, with its own directory and seed. */
    private List<ChaosReport> run(Path workingDirectory, long chosenSeed, PrintStream progress) throws Exception {
        ExecutorService runs = Executors.newFixedThreadPool(servers);
        try {
            List<Callable<ChaosReport>> lives = new ArrayList<>();
            for (int i = 0; i < servers; i++) {
                Path own = servers == 1 ? workingDirectory : workingDirectory.resolve("server-" + i);
                int share = rounds / servers + (i < rounds % servers ? 1 : 0);
                lives.add(new ChaosRun(own, share, chosenSeed + i, progress)::run);
            }
            List<ChaosReport> reports = new ArrayList<>();
            for (Future<ChaosReport> each : runs.invokeAll(lives)) {
                reports.add(each.get());
            }
            return reports;
        } finally {
            runs.shutdownNow();
        }
    }

    private static void deleteTree(Path root) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> paths = Files.walk(root)) {
            deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.delete(path);
        }
    }
}
