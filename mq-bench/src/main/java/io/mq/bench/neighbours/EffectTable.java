package io.mq.bench.neighbours;

import java.util.List;
import java.util.Locale;

/** How effects are printed: the first is that of no neighbour, with which the others are compared. */
final class EffectTable {

    private EffectTable() {}

    static String text(List<Effect> effects) {
        StringBuilder text = new StringBuilder("%-16s %12s %9s %9s %9s %14s%n"
                .formatted("neighbour", "acts", "p50 ms", "p99 ms", "p99.9 ms", "p99, to none"));
        for (Effect effect : effects) {
            text.append("%-16s %,12d %9.3f %9.3f %9.3f %14.2f%n"
                    .formatted(
                            effect.neighbour(),
                            effect.acts(),
                            effect.millis(50),
                            effect.millis(99),
                            effect.millis(99.9),
                            effect.p99Ratio(effects.get(0))));
        }
        return text.toString();
    }

    /** A line for each. */
    static String json(List<Effect> effects) {
        StringBuilder lines = new StringBuilder();
        for (Effect effect : effects) {
            lines.append(String.format(
                    Locale.ROOT,
                    "{\"workload\": \"neighbours\", \"neighbour\": \"%s\", \"acts\": %d, \"p50\": %.3f, \"p99\": %.3f, \"p99.9\": %.3f, \"p99_ratio\": %.3f}%n",
                    effect.neighbour(),
                    effect.acts(),
                    effect.millis(50),
                    effect.millis(99),
                    effect.millis(99.9),
                    effect.p99Ratio(effects.get(0))));
        }
        return lines.toString();
    }
}
