package io.mq.bench.load;

import io.mq.bench.server.ServerMixin;
import io.mq.bench.server.ServerMixin.Target;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Consumers alone: they read what producers have published before, all of it. */
@Command(
        name = "consume",
        description = "Consumers alone: they read what producers have published before, all of it.",
        sortOptions = false)
public final class ConsumeCommand implements Callable<Integer> {

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
            output.print(new LoadRun(target.address(), load).consume(), System.out);
        }
        return 0;
    }
}
