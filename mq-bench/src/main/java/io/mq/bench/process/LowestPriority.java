package io.mq.bench.process;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** Processes that get the processor's time that nobody else wants, so that what they take is missing nowhere. */
public final class LowestPriority {

    /** The best first: the idle class of Linux is preempted by whoever wakes up, the lowest niceness has a share. */
    private static final List<List<String>> LAUNCHERS =
            List.of(List.of("chrt", "--idle", "0"), List.of("nice", "-n", "19"));

    private LowestPriority() {}

    /** The words before a command that give it the lowest priority that this host has; none where it has no such. */
    public static List<String> launcher() throws IOException {
        for (List<String> launcher : LAUNCHERS) {
            if (works(launcher)) {
                return launcher;
            }
        }
        return List.of();
    }

    private static boolean works(List<String> launcher) throws IOException {
        Process trial;
        try {
            trial = new ProcessBuilder(
                            Stream.concat(launcher.stream(), Stream.of("true")).toList())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException notThere) {
            return false;
        }
        try {
            return trial.waitFor() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a process started", e);
        }
    }
}
