package io.mq.server;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command that looks at a data directory in which no node is running. */
@Command(
        name = "inspect",
        description = "Reads everything in a data directory, changes nothing, and says what is damaged.",
        optionListHeading = "%nOptions:%n",
        footer = {"", "Exit status: 0 all is sound, 6 something is damaged, 4 no data directory, 2 bad option."},
        sortOptions = false)
final class InspectCommand implements Callable<Integer> {

    private static final String INSPECTION = "io.mq.core.broker.Inspection";

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = "data/mq",
            description = "The directory. Default: data/mq.")
    private String dataDir;

    @Option(names = "--help", usageHelp = true, description = "Show this and exit.")
    private boolean isHelpWanted;

    @Override
    public Integer call() throws Exception {
        try (CoreClasses core = CoreClasses.open()) {
            return (Integer) core.call(INSPECTION, "run", dataDir, System.out, System.err);
        } catch (StartupFailedException e) {
            System.err.println("mq: " + e.getMessage());
            return e.exitStatus();
        }
    }
}
