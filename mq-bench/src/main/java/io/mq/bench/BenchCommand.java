package io.mq.bench;

import io.mq.bench.echo.StreamCommand;
import io.mq.bench.echo.UnaryCommand;
import io.mq.bench.latency.LatencyCommand;
import io.mq.bench.load.ConsumeCommand;
import io.mq.bench.load.MixedCommand;
import io.mq.bench.load.ProduceCommand;
import io.mq.bench.micro.MicroCommand;
import io.mq.bench.neighbours.NeighboursCommand;
import io.mq.bench.peers.PeersCommand;
import io.mq.bench.peers.chart.ChartCommand;
import io.mq.bench.scale.ScaleCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of the load runs. */
@Command(
        name = "mq bench",
        description = "Measures mq beside what it is compared with: an echo in the same server, or other brokers.",
        subcommands = {
            ProduceCommand.class,
            ConsumeCommand.class,
            MixedCommand.class,
            UnaryCommand.class,
            StreamCommand.class,
            LatencyCommand.class,
            NeighboursCommand.class,
            ScaleCommand.class,
            PeersCommand.class,
            ChartCommand.class,
            MicroCommand.class
        },
        sortOptions = false)
public final class BenchCommand {

    @Option(names = "--help", usageHelp = true, description = "Show this and exit.")
    private boolean isHelpWanted;

    private BenchCommand() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new BenchCommand()).setExecutionExceptionHandler(new FailureReport());
    }
}
