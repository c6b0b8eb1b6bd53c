package io.mq.bench.neighbours;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class EffectTableTest {

    private static final List<Effect> EFFECTS =
            List.of(effect(Effect.ALONE, 0, 1), effect("resets", 12_345, 2), effect("deaf-consumers", 100, 1));

    /** A hundred deliveries of one to a hundred times so many milliseconds. */
    private static Effect effect(String neighbour, long acts, int millis) {
        Histogram delivered = new Histogram(3);
        for (long i = 1; i <= 100; i++) {
            delivered.recordValue(i * millis * 1_000_000L);
        }
        return new Effect(neighbour, acts, delivered);
    }

    @Test
    void slowestHundredthIsComparedWithThatOfNoNeighbour() {
        assertThat(EFFECTS.get(1).p99Ratio(EFFECTS.get(0))).isBetween(1.99, 2.01);
        assertThat(EFFECTS.get(0).p99Ratio(EFFECTS.get(0))).isEqualTo(1);
    }

    @Test
    void tableHasARowForEachNeighbour() {
        List<String> rows = EffectTable.text(EFFECTS).lines().toList();
        assertThat(rows).hasSize(4);
        assertThat(rows.get(2)).startsWith("resets").contains("12,345").endsWith("2.00");
    }

    @Test
    void jsonHasALineForEachNeighbourInEveryLocale() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            assertThat(EffectTable.json(EFFECTS).lines())
                    .hasSize(3)
                    .element(1)
                    .asString()
                    .startsWith("{\"workload\": \"neighbours\", \"neighbour\": \"resets\", \"acts\": 12345, ")
                    .endsWith("\"p99_ratio\": 2.000}");
        } finally {
            Locale.setDefault(before);
        }
    }
}
