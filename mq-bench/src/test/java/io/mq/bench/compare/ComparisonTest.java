package io.mq.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.bench.compare.Comparison.Medians;
import io.mq.bench.compare.Comparison.Side;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    private final Locale locale = Locale.getDefault();
    private final List<String> order = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();

    @BeforeEach
    void setLocale() {
        Locale.setDefault(Locale.ROOT);
    }

    @AfterEach
    void restoreLocale() {
        Locale.setDefault(locale);
    }

    private Side side(String name, double... rates) {
        Iterator<Double> next = Arrays.stream(rates).boxed().toList().iterator();
        return new Side(name, () -> {
            order.add(name);
            return next.next();
        });
    }

    @Test
    void mediansAreThoseOfTheRoundsAfterTheWarmUp() throws IOException, InterruptedException {
        Medians medians = new Comparison(
                        side("publish", 1, 300, 100, 200), side("echo", 9999, 400, 1000, 100), lines::add)
                .run(3);

        assertThat(medians.measured()).isEqualTo(200);
        assertThat(medians.reference()).isEqualTo(400);
        assertThat(medians.ratio()).isEqualTo(0.5);
    }

    @Test
    void sidesTakeTurns() throws IOException, InterruptedException {
        var unused = new Comparison(side("publish", 1, 1), side("echo", 1, 1), lines::add).run(1);

        assertThat(order).containsExactly("echo", "publish", "echo", "publish");
    }

    @Test
    void eachRoundTakesALine() throws IOException, InterruptedException {
        var unused = new Comparison(side("publish", 10, 93150), side("echo", 20, 122556), lines::add).run(1);

        assertThat(lines)
                .containsExactly(
                        "warm-up  publish        10/s   echo        20/s   ratio 0.50",
                        "round 1  publish    93,150/s   echo   122,556/s   ratio 0.76",
                        "median   publish    93,150/s   echo   122,556/s   ratio 0.76");
    }
}
