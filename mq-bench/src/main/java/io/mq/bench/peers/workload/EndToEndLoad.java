package io.mq.bench.peers.workload;

import io.mq.bench.pace.DueTime;
import io.mq.bench.peers.broker.Acknowledgements;
import io.mq.bench.peers.broker.BrokerClient;
import io.mq.bench.peers.broker.PublishMode;
import io.mq.bench.peers.broker.Publisher;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * From publishing to delivery at a fixed rate. Each message carries the moment at which it was due, not at which it was
 * sent, so a broker that stalls is charged for all that it kept waiting (no coordinated omission).
 */
final class EndToEndLoad implements Load {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final int rate;
    private final int bytes;

    /**
     * @param rate messages per second
     * @param bytes of a payload, 8 at least
     */
    EndToEndLoad(int rate, int bytes) {
        this.rate = rate;
        this.bytes = bytes;
    }

    @Override
    public Measure measure() {
        return Measure.LATENCY;
    }

    @Override
    public List<Double> run(BrokerClient client, String topic, Effort effort) throws IOException, InterruptedException {
        long warmUp = messages(effort.warmUp());
        long measured = messages(effort.measured());
        Delays delays = new Delays(warmUp, measured);
        Acknowledgements acknowledgements = new Acknowledgements();
        try (Publisher publisher = client.publisher(topic, PublishMode.PROMPT, acknowledgements);
                Closeable consumer = client.consume(topic, delays)) {
            publish(publisher, warmUp + measured, acknowledgements);
            Histogram histogram = delays.await(PATIENCE);
            return List.of(millis(histogram, 50), millis(histogram, 99), millis(histogram, 99.9));
        }
    }

    private long messages(Duration duration) {
        return duration.toMillis() * rate / 1000;
    }

    private void publish(Publisher publisher, long messages, Acknowledgements acknowledgements)
            throws IOException, InterruptedException {
        byte[] payload = Payloads.random(bytes);
        long start = System.nanoTime();
        for (long i = 0; i < messages; i++) {
            long due = start + i * NANOS_PER_SECOND / rate;
            DueTime.await(due);
            acknowledgements.check();
            publisher.publish(Payloads.withHead(payload, due));
        }
    }

    private static double millis(Histogram histogram, double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1e6;
    }
}
