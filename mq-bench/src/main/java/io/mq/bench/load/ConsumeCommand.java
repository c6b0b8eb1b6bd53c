package io.mq.bench.load;

import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Command;

/** Consumers alone: they read what producers have published before, all of it. */
@Command(
        name = "consume",
        description = "Consumers alone: they read what producers have published before, all of it.",
        sortOptions = false)
public final class ConsumeCommand extends LoadCommand {

    @Override
    Map<String, Object> run(LoadRun run) throws IOException, InterruptedException {
        return run.consume();
    }
}
