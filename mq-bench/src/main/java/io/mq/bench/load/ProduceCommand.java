package io.mq.bench.load;

import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Command;

/** Producers alone: how many messages are acknowledged, and after how long. */
@Command(
        name = "produce",
        description = "Producers alone: how many messages are acknowledged, and after how long.",
        sortOptions = false)
public final class ProduceCommand extends LoadCommand {

    @Override
    Map<String, Object> run(LoadRun run) throws IOException, InterruptedException {
        return run.withProducers().run("produce");
    }
}
