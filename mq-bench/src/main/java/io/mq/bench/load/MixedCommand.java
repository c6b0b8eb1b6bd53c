package io.mq.bench.load;

import io.mq.bench.server.ServerMixin;
import io.mq.bench.server.ServerMixin.Target;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Producers and consumers at the same time, and how long a message takes from one to the other. */
@Command(
        name = "mixed",
        description = "Producers and consumers at the same time, and how long a message takes from one to the other.",
        sortOptions = false)
public final class MixedCommand implements Callable<Integer> {

    @Mixin
    private ServerMixin server;

    @Mixin
    private LoadMixin load;

    @Mixin
    private OutputMixin output;

    @Option(names = "--help", usageHelp = true, description = "Show this and exit.")
    private boolean isHelpWanted;

    @Override
    public Integer call() throws Exception {
        try (Target target = server.open()) {
            output.print(
                    new LoadRun(target.address(), load)
                            .withConsumers()
                            .withProducers()
                            .run("mixed"),
                    System.out);
        }
        return 0;
    }
}
