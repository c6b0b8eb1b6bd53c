package io.mq.bench.peers;

import io.mq.bench.peers.workload.Measure;
import io.mq.bench.peers.workload.Workload;
import java.util.List;

/** What is being done, in one line that is overwritten on a terminal, and each figure as it comes. */
final class Progress {

    /** Set by {@code ./mq}, which can tell whether the error output is a terminal. */
    private static final boolean IS_TERMINAL = Boolean.getBoolean("mq.bench.terminal");

    private final boolean isJsonWanted;

    Progress(boolean isJsonWanted) {
        this.isJsonWanted = isJsonWanted;
    }

    void show(String text) {
        if (IS_TERMINAL) {
            System.err.print("\r\033[K" + text + " …");
        }
    }

    void clear() {
        if (IS_TERMINAL) {
            System.err.print("\r\033[K");
        }
    }

    /** A figure of one run. With JSON wanted, the output has nothing but the results. */
    void measured(String title, Workload workload, List<Double> figures) {
        if (isJsonWanted) {
            return;
        }
        clear();
        Measure measure = workload.measure();
        StringBuilder line = new StringBuilder("%-26s %-14s".formatted(title, workload.label()));
        for (int i = 0; i < figures.size(); i++) {
            String name = measure.figures().get(i);
            line.append(name.isEmpty() ? "" : " " + name).append(' ').append(measure.format(figures.get(i)));
        }
        System.out.println(line.append(' ').append(measure.unit()));
    }
}
