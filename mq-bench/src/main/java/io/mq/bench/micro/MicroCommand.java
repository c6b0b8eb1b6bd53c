package io.mq.bench.micro;

import java.util.concurrent.Callable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the benchmarks of this package. */
@Command(
        name = "micro",
        description = {
            "The journal, the batch format, the segment read, publishing and delivery by themselves, with what each allocates"
                    + " (JMH).",
            "Takes a few minutes."
        },
        sortOptions = false)
public final class MicroCommand implements Callable<Integer> {

    private static final int WARM_UPS = 3;
    private static final int MEASUREMENTS = 5;

    @Parameters(
            paramLabel = "PATTERN",
            arity = "0..1",
            defaultValue = "io.mq.bench.micro.*",
            description = "A regular expression for the names of the benchmarks to run. Default: all.")
    private String pattern;

    @Option(names = "--quick", description = "One second each, for a first impression.")
    private boolean isQuick;

    @Option(names = "--help", usageHelp = true, description = "Show this and exit.")
    private boolean isHelpWanted;

    @Override
    public Integer call() throws Exception {
        TimeValue time = TimeValue.seconds(isQuick ? 1 : 2);
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(pattern)
                .forks(1)
                .warmupIterations(isQuick ? 1 : WARM_UPS)
                .warmupTime(time)
                .measurementIterations(isQuick ? 1 : MEASUREMENTS)
                .measurementTime(time)
                .addProfiler(GCProfiler.class);
        var unused = new Runner(options.build()).run();
        return 0;
    }
}
