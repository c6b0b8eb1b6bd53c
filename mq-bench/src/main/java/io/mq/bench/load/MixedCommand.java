package io.mq.bench.load;

import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Command;

/** Producers and consumers at the same time, and how long a message takes from one to the other. */
@Command(
        name = "mixed",
        description = "Producers and consumers at the same time, and how long a message takes from one to the other.",
        sortOptions = false)
public final class MixedCommand extends LoadCommand {

    @Override
    Map<String, Object> run(LoadRun run) throws IOException, InterruptedException {
        return run.withConsumers().withProducers().run("mixed");
    }
}
