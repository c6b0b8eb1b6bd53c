package io.mq.bench.neighbours;

import io.mq.bench.option.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

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
        return effects.stream()
                .map(effect -> Json.of(figures(effect, effects.get(0))) + System.lineSeparator())
                .collect(Collectors.joining());
    }

    private static Map<String, Object> figures(Effect effect, Effect alone) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("workload", "neighbours");
        figures.put("neighbour", effect.neighbour());
        figures.put("acts", effect.acts());
        figures.put("p50", effect.millis(50));
        figures.put("p99", effect.millis(99));
        figures.put("p99.9", effect.millis(99.9));
        figures.put("p99_ratio", effect.p99Ratio(alone));
        return figures;
    }
}
