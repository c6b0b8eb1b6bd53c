package io.mq.bench.scale;

import io.mq.bench.compare.Comparison;
import io.mq.bench.compare.Comparison.Medians;
import io.mq.bench.compare.Comparison.Rate;
import io.mq.bench.compare.Comparison.Side;
import io.mq.bench.load.PublishRate;
import io.mq.bench.option.OutputMixin;
import io.mq.bench.option.WholeNumber;
import io.mq.bench.server.ServerMemory;
import io.mq.bench.server.ServerMemory.Footprint;
import io.mq.bench.server.ServerMixin;
import io.mq.bench.server.ServerMixin.Target;
import io.mq.client.MqClient;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The same load on one partition and on many, beside one idle subscription and beside many. */
@Command(
        name = "scale",
        description = {
            "One producer as fast as it goes, to many partitions and to one, then beside many idle subscriptions and",
            "beside one, in turns; and the memory that an idle subscription takes."
        },
        sortOptions = false)
public final class ScaleCommand implements Callable<Integer> {

    private static final String IDLE_TOPIC = "scale-idle";

    @Mixin
    private ServerMixin server;

    @Option(
            names = "--partitions",
            converter = WholeNumber.FromTwo.class,
            defaultValue = "1000",
            description = "Of the topic that is compared with one of a single partition. Default: 1000.")
    private int partitions;

    @Option(
            names = "--subscriptions",
            converter = WholeNumber.FromTwo.class,
            defaultValue = "1000",
            description = "Consume streams on a topic where nothing arrives. Default: 1000.")
    private int subscriptions;

    @Option(
            names = "--connections",
            converter = WholeNumber.FromOne.class,
            defaultValue = "100",
            description = "That the subscriptions share. Default: 100, ten subscriptions each.")
    private int connections;

    @Option(
            names = "--bytes",
            converter = WholeNumber.FromEight.class,
            defaultValue = "100",
            description = "Payload, 8 at least. Default: 100.")
    private int bytes;

    @Option(
            names = "--seconds",
            converter = WholeNumber.FromOne.class,
            defaultValue = "5",
            description = "Of each measurement. Default: 5.")
    private int seconds;

    @Option(
            names = "--warm-up",
            converter = WholeNumber.FromZero.class,
            defaultValue = "2",
            description = "Seconds before each measurement. Default: 2.")
    private int warmUpSeconds;

    @Option(
            names = "--rounds",
            converter = WholeNumber.FromOne.class,
            defaultValue = "5",
            description = "Of both sides in turn, after one to warm up. Default: 5.")
    private int rounds;

    @Mixin
    private OutputMixin output;

    @Option(names = "--help", usageHelp = true, description = "Show this and exit.")
    private boolean isHelpWanted;

    @Override
    public Integer call() throws Exception {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("workload", "scale");
        figures.put("bytes", (long) bytes);
        try (Target target = server.open()) {
            createIdleTopic(target);
            // First: what a load leaves in a server's memory, it gives back by and by.
            Map<String, Object> memory = memoryOfSubscriptions(target);
            figures.put("partitions", ofPartitions(target));
            Map<String, Object> ofSubscriptions = ofSubscriptions(target);
            ofSubscriptions.putAll(memory);
            figures.put("subscriptions", ofSubscriptions);
            figures.putAll(target.memoryFigures());
        }
        output.print(figures, System.out);
        return 0;
    }

    private Map<String, Object> ofPartitions(Target target) throws IOException, InterruptedException {
        return figures(
                partitions,
                compare(
                        new Side("%,d partitions".formatted(partitions), publishing(target, partitions)),
                        new Side("1 partition", publishing(target, 1))));
    }

    private Map<String, Object> ofSubscriptions(Target target) throws IOException, InterruptedException {
        return figures(
                subscriptions,
                compare(
                        new Side("%,d idle subscriptions".formatted(subscriptions), beside(target, subscriptions)),
                        new Side("1 idle subscription", beside(target, 1))));
    }

    private Medians compare(Side many, Side one) throws IOException, InterruptedException {
        return new Comparison(many, one, output.progress(System.out)).run(rounds);
    }

    private Rate publishing(Target target, int toPartitions) {
        return new PublishRate(
                target.address(), bytes, toPartitions, Duration.ofSeconds(warmUpSeconds), Duration.ofSeconds(seconds));
    }

    private Rate beside(Target target, int idle) {
        Rate publishing = publishing(target, 1);
        return () -> {
            try (IdleSubscriptions open = subscribe(target, idle)) {
                double rate = publishing.perSecond();
                open.requireOpen();
                return rate;
            }
        };
    }

    private IdleSubscriptions subscribe(Target target, int count) throws IOException, InterruptedException {
        return IdleSubscriptions.open(target.address(), IDLE_TOPIC, count, connections);
    }

    private static void createIdleTopic(Target target) {
        try (MqClient client = MqClient.forTarget(target.address()).build()) {
            client.admin().createTopic(IDLE_TOPIC, 1).join();
        }
    }

    /** Beside one subscription, for which the code that serves all of them is loaded. */
    private Map<String, Object> memoryOfSubscriptions(Target target) throws IOException, InterruptedException {
        Optional<ServerMemory> memory = target.memory();
        if (memory.isEmpty()) {
            return Map.of();
        }
        try (IdleSubscriptions one = subscribe(target, 1)) {
            Optional<Footprint> before = memory.get().afterCollection();
            try (IdleSubscriptions others = subscribe(target, subscriptions - 1)) {
                Optional<Footprint> after = memory.get().afterCollection();
                one.requireOpen();
                others.requireOpen();
                return before.isPresent() && after.isPresent()
                        ? each(before.get(), after.get(), subscriptions - 1)
                        : Map.of();
            }
        }
    }

    static Map<String, Object> each(Footprint before, Footprint after, int more) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("heap_bytes_each", Math.round((double) (after.heapBytes() - before.heapBytes()) / more));
        figures.put("rss_bytes_each", Math.round((double) (after.rssBytes() - before.rssBytes()) / more));
        return figures;
    }

    static Map<String, Object> figures(int count, Medians medians) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("count", (long) count);
        figures.put("published_per_s", medians.measured());
        figures.put("published_per_s_with_1", medians.reference());
        figures.put("ratio", medians.ratio());
        return figures;
    }
}
