package io.mq.system.chaos;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of the chaos run. */
@Command(
        name = "mq chaos",
        description =
                "Kills a server with -9 again and again under load, and checks after each restart that everything it had acknowledged is there, once and in order.",
        optionListHeading = "%nOptions:%n",
        footer = {"", "Exit status: 0 nothing was lost or reordered, 1 something was, 2 bad option."},
        sortOptions = false)
public final class ChaosCommand implements Callable<Integer> {

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "20", description = "How often to kill. Default: 20.")
    private int rounds;

    @Option(
            names = "--servers",
            paramLabel = "N",
            defaultValue = "1",
            description = "Servers side by side, which share the rounds. Default: 1.")
    private int servers;

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

    public static void main(String[] args) {
        System.exit(new CommandLine(new ChaosCommand()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        long chosenSeed = seed == null ? new Random().nextLong(1_000_000_000) : seed;
        Path workingDirectory = directory == null ? Files.createTempDirectory("mq-chaos") : directory;
        PrintStream progress = isJsonWanted ? System.err : System.out;
        progress.printf("mq chaos: %d rounds, seed %d, in %s%n", rounds, chosenSeed, workingDirectory);
        ChaosReport report = ChaosReport.sum(run(workingDirectory, chosenSeed, progress), chosenSeed);
        System.out.println(isJsonWanted ? report.toJson() : report.toTable());
        boolean isGood = report.lost() == 0 && report.reordered() == 0;
        if (isGood && directory == null) {
            deleteTree(workingDirectory);
        }
        return isGood ? 0 : 1;
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
