package io.mq.bench.peers.workload;

import io.mq.bench.peers.broker.Acknowledgements;
import io.mq.bench.peers.broker.BrokerClient;
import io.mq.bench.peers.broker.PublishMode;
import io.mq.bench.peers.broker.Publisher;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** One producer that sends as fast as it is let; what counts is what was acknowledged while the clock ran. */
final class PublishLoad implements Load {

    private final PublishMode mode;
    private final int bytes;

    PublishLoad(PublishMode mode, int bytes) {
        this.mode = mode;
        this.bytes = bytes;
    }

    @Override
    public Measure measure() {
        return Measure.THROUGHPUT;
    }

    @Override
    public List<Double> run(BrokerClient client, String topic, Effort effort) throws IOException, InterruptedException {
        return List.of(rate(client, topic, effort.warmUp(), effort.measured()));
    }

    /** Messages per second. */
    double rate(BrokerClient client, String topic, Duration warmUp, Duration measured)
            throws IOException, InterruptedException {
        Acknowledgements acknowledgements = new Acknowledgements();
        byte[] payload = Payloads.random(bytes);
        try (Publisher publisher = client.publisher(topic, mode, acknowledgements)) {
            long sent = publish(publisher, payload, warmUp, acknowledgements);
            long before = acknowledgements.count();
            long start = System.nanoTime();
            sent += publish(publisher, payload, measured, acknowledgements);
            double rate = (acknowledgements.count() - before) / ((System.nanoTime() - start) / 1e9);
            acknowledgements.await(sent, PATIENCE);
            return rate;
        }
    }

    private static long publish(
            Publisher publisher, byte[] payload, Duration duration, Acknowledgements acknowledgements)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        long sent = 0;
        while (System.nanoTime() - start < duration.toNanos()) {
            acknowledgements.check();
            publisher.publish(payload);
            sent++;
        }
        return sent;
    }
}
