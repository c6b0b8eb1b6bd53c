package io.mq.bench.load;

import io.mq.bench.option.OutputMixin;
import io.mq.bench.server.ServerMixin;
import io.mq.bench.server.ServerMixin.Target;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the commands of this package have in common: all but what they have a run do. */
abstract class LoadCommand implements Callable<Integer> {

    @Mixin
    private ServerMixin server;

    @Mixin
    private LoadMixin load;

    @Mixin
    private OutputMixin output;

    @Option(names = "--help", usageHelp = true, description = "Show this and exit.")
    private boolean isHelpWanted;

    /** Answers the figures. */
    abstract Map<String, Object> run(LoadRun run) throws IOException, InterruptedException;

    @Override
    public final Integer call() throws Exception {
        try (Target target = server.open()) {
            Map<String, Object> figures = new LinkedHashMap<>(run(new LoadRun(target.address(), load)));
            figures.putAll(target.memoryFigures());
            output.print(figures, System.out);
        }
        return 0;
    }
}
