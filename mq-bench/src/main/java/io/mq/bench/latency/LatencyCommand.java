package io.mq.bench.latency;

import io.mq.bench.option.OutputMixin;
import io.mq.bench.option.WholeNumber;
import io.mq.bench.server.ServerMixin;
import io.mq.bench.server.ServerMixin.Target;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** From publishing to delivery at a fixed rate. */
@Command(
        name = "latency",
        description = "From publishing to delivery at a fixed rate, one producer and one subscriber.",
        sortOptions = false)
public final class LatencyCommand implements Callable<Integer> {

    private static final String TOPIC = "bench-latency";

    @Mixin
    private ServerMixin server;

    @Option(
            names = "--rate",
            converter = WholeNumber.FromOne.class,
            defaultValue = "1000",
            description = "Messages per second. Default: 1000.")
    private int rate;

    @Option(
            names = "--bytes",
            converter = WholeNumber.FromEight.class,
            defaultValue = "100",
            description = "Payload, 8 at least. Default: 100.")
    private int bytes;

    @Option(
            names = "--seconds",
            converter = WholeNumber.FromOne.class,
            defaultValue = "20",
            description = "Of the measurement. Default: 20.")
    private int seconds;

    @Option(
            names = "--warm-up",
            converter = WholeNumber.FromZero.class,
            defaultValue = "20",
            description = "Seconds before it. Default: 20.")
    private int warmUpSeconds;

    @Mixin
    private OutputMixin output;

    @Option(names = "--help", usageHelp = true, description = "Show this and exit.")
    private boolean isHelpWanted;

    @Override
    public Integer call() throws Exception {
        try (Target target = server.open();
                PacedTraffic traffic = new PacedTraffic(target.address(), TOPIC, rate, bytes)) {
            traffic.warmUp(Duration.ofSeconds(warmUpSeconds));
            report(traffic.measure(Duration.ofSeconds(seconds)), target.memoryFigures());
        }
        return 0;
    }

    private void report(Latencies latencies, Map<String, Object> memory) {
        Map<String, Object> figures = new LinkedHashMap<>();
        if (output.isForPeople()) {
            System.out.printf("%d messages/s of %d bytes, ms from the moment each was due%n", rate, bytes);
            System.out.println("                  p50      p99    p99.9      max");
            System.out.println("acknowledged" + row(latencies.acknowledged()));
            System.out.println("delivered   " + row(latencies.delivered()));
        } else {
            figures.put("workload", "latency");
            figures.put("rate", (long) rate);
            figures.put("bytes", (long) bytes);
            figures.put("ack_ms", millis(latencies.acknowledged()));
            figures.put("delivery_ms", millis(latencies.delivered()));
        }
        figures.putAll(memory);
        output.print(figures, System.out);
    }

    private static Map<String, Object> millis(Histogram nanos) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("p50", Latencies.percentile(nanos, 50));
        figures.put("p99", Latencies.percentile(nanos, 99));
        figures.put("p999", Latencies.percentile(nanos, 99.9));
        figures.put("max", Latencies.max(nanos));
        figures.put("count", nanos.getTotalCount());
        return figures;
    }

    private static String row(Histogram nanos) {
        return "%9.3f%9.3f%9.3f%9.3f"
                .formatted(
                        Latencies.percentile(nanos, 50),
                        Latencies.percentile(nanos, 99),
                        Latencies.percentile(nanos, 99.9),
                        Latencies.max(nanos));
    }
}
