package io.mq.bench.peers.workload;

import io.mq.bench.peers.broker.Acknowledgements;
import io.mq.bench.peers.broker.BrokerClient;
import io.mq.bench.peers.broker.PublishMode;
import io.mq.bench.peers.broker.Publisher;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * One consumer that reads what is stored, from the oldest message to the newest, again and again. The clock runs from
 * the first message to the last, so connecting is not in it.
 */
final class ConsumeLoad implements Load {

    private final int bytes;

    ConsumeLoad(int bytes) {
        this.bytes = bytes;
    }

    @Override
    public Measure measure() {
        return Measure.THROUGHPUT;
    }

    @Override
    public List<Double> run(BrokerClient client, String topic, Effort effort) throws IOException, InterruptedException {
        long messages = effort.storedMessages(bytes);
        store(client, topic, messages);
        passes(client, topic, messages, effort.warmUp().toNanos());
        return List.of(passes(client, topic, messages, effort.measured().toNanos()));
    }

    private void store(BrokerClient client, String topic, long messages) throws IOException, InterruptedException {
        Acknowledgements acknowledgements = new Acknowledgements();
        byte[] payload = Payloads.random(bytes);
        try (Publisher publisher = client.publisher(topic, PublishMode.BATCHED, acknowledgements)) {
            for (long i = 0; i < messages; i++) {
                publisher.publish(payload);
            }
            acknowledgements.await(messages, PATIENCE);
        }
    }

    /** Messages per second over as many whole passes as the time takes, one at least. */
    private static double passes(BrokerClient client, String topic, long messages, long nanosMin)
            throws IOException, InterruptedException {
        long nanos = 0;
        long received = 0;
        while (nanos < nanosMin) {
            Arrivals arrivals = new Arrivals(messages);
            try (Closeable consumer = client.consume(topic, arrivals)) {
                nanos += arrivals.await(PATIENCE);
            }
            received += messages - 1;
        }
        return received / (nanos / 1e9);
    }
}
