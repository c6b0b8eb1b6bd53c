package io.mq.bench.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Two rates that are measured in turn, round after round, so that what else happens on the machine meets both of them.
 *
 * @param progress is told each round in a line
 */
public record Comparison(Side measured, Side reference, Consumer<String> progress) {

    /** What can be measured again and again. */
    @FunctionalInterface
    public interface Rate {
        double perSecond() throws IOException, InterruptedException;
    }

    /** @param name what lines call it */
    public record Side(String name, Rate rate) {}

    /** The medians of all rounds. */
    public record Medians(double measured, double reference) {

        public double ratio() {
            return measured / reference;
        }
    }

    /**
     * Measures both sides once to warm up, which does not count, and then in these rounds.
     *
     * @param rounds one at least
     */
    public Medians run(int rounds) throws IOException, InterruptedException {
        List<Double> measuredRates = new ArrayList<>();
        List<Double> referenceRates = new ArrayList<>();
        for (int round = 0; round <= rounds; round++) {
            double referenceRate = reference.rate().perSecond();
            double measuredRate = measured.rate().perSecond();
            tell(round == 0 ? "warm-up" : "round " + round, measuredRate, referenceRate);
            if (round > 0) {
                measuredRates.add(measuredRate);
                referenceRates.add(referenceRate);
            }
        }
        Medians medians = new Medians(Median.of(measuredRates), Median.of(referenceRates));
        tell("median", medians.measured(), medians.reference());
        return medians;
    }

    private void tell(String title, double measuredRate, double referenceRate) {
        progress.accept("%-8s %s %,9.0f/s   %s %,9.0f/s   ratio %.2f"
                .formatted(
                        title,
                        measured.name(),
                        measuredRate,
                        reference.name(),
                        referenceRate,
                        measuredRate / referenceRate));
    }
}
