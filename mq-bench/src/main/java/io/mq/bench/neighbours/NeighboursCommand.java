package io.mq.bench.neighbours;

import io.mq.bench.latency.Latencies;
import io.mq.bench.latency.PacedTraffic;
import io.mq.bench.option.WholeNumber;
import io.mq.bench.server.ServerMixin;
import io.mq.bench.server.ServerMixin.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The delivery of well-behaved traffic alone and beside each bad neighbour, in turn. */
@Command(
        name = "neighbours",
        description = "How long deliveries take while other clients behave badly: one producer and one subscriber at a"
                + " fixed rate, alone and beside each bad neighbour in turn.",
        sortOptions = false)
public final class NeighboursCommand implements Callable<Integer> {

    private static final String TOPIC = "bench-neighbours";
    private static final int BYTES = 100;

    /** Between measurements: what a neighbour's coming and going cost is over then. */
    private static final Duration SETTLING = Duration.ofSeconds(1);

    @Mixin
    private ServerMixin server;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "NAME",
            converter = ToNeighbour.class,
            description = "Some of damaged-frames, false-commits, endless-credit, resets, deaf-producers,"
                    + " deaf-consumers. Default: all.")
    private List<Neighbour> only = List.of(Neighbour.values());

    @Option(
            names = "--rate",
            converter = WholeNumber.FromOne.class,
            defaultValue = "1000",
            description = "Messages per second. Default: 1000.")
    private int rate;

    @Option(
            names = "--seconds",
            converter = WholeNumber.FromOne.class,
            defaultValue = "10",
            description = "Of each measurement. Default: 10.")
    private int seconds;

    @Option(
            names = "--rounds",
            converter = WholeNumber.FromOne.class,
            defaultValue = "3",
            description = "Of all measurements in turn. Default: 3.")
    private int rounds;

    @Option(
            names = "--warm-up",
            converter = WholeNumber.FromZero.class,
            defaultValue = "20",
            description = "Seconds before the first. Default: 20.")
    private int warmUpSeconds;

    @Option(names = "--json", description = "Print a line of JSON for each neighbour.")
    private boolean isJsonWanted;

    @Option(names = "--help", usageHelp = true, description = "Show this and exit.")
    private boolean isHelpWanted;

    private final Map<String, Effect> effects = new LinkedHashMap<>();

    @Override
    public Integer call() throws Exception {
        try (Target target = server.open();
                PacedTraffic traffic = new PacedTraffic(target.address(), TOPIC, rate, BYTES)) {
            traffic.warmUp(Duration.ofSeconds(warmUpSeconds));
            for (int round = 1; round <= rounds; round++) {
                System.err.printf("round %d of %d%n", round, rounds);
                add(Effect.ALONE, 0, measure(traffic));
                for (Neighbour neighbour : only) {
                    measureBeside(neighbour, target.address(), traffic);
                }
            }
        }
        List<Effect> all = new ArrayList<>(effects.values());
        System.out.print(isJsonWanted ? EffectTable.json(all) : EffectTable.text(all));
        return 0;
    }

    private void measureBeside(Neighbour neighbour, String address, PacedTraffic traffic) throws IOException {
        System.err.printf("  %s: %s%n", neighbour.label(), neighbour.what());
        try (NeighbourProcess process = NeighbourProcess.launch(neighbour, address)) {
            traffic.warmUp(SETTLING);
            process.begin();
            Latencies latencies = measure(traffic);
            add(neighbour.label(), process.end(), latencies);
        }
        traffic.warmUp(SETTLING);
    }

    private Latencies measure(PacedTraffic traffic) throws IOException {
        return traffic.measure(Duration.ofSeconds(seconds));
    }

    /** Percentiles are those of all rounds together. */
    private void add(String neighbour, long acts, Latencies latencies) {
        effects.merge(neighbour, new Effect(neighbour, acts, latencies.delivered()), (before, now) -> {
            before.delivered().add(now.delivered());
            return new Effect(neighbour, before.acts() + now.acts(), before.delivered());
        });
    }

    static final class ToNeighbour implements ITypeConverter<Neighbour> {

        @Override
        public Neighbour convert(String label) {
            return Neighbour.find(label)
                    .orElseThrow(() -> new TypeConversionException("there is no neighbour '%s'".formatted(label)));
        }
    }
}
