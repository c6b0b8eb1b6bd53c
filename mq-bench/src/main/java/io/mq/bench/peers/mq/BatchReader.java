package io.mq.bench.peers.mq;

import io.mq.bench.peers.broker.Deliveries;
import io.mq.client.ConsumedBatch;
import io.mq.client.ConsumedMessage;
import io.mq.client.Consumer;
import io.mq.client.ConsumerConfig;
import io.mq.client.MqClient;
import io.mq.client.MqException;
import java.io.Closeable;
import java.time.Duration;

/** mq's own consumer on a thread of its own, reading without a group. */
final class BatchReader implements Closeable {

    private static final Duration POLL = Duration.ofSeconds(1);

    private final MqClient client;
    private final Consumer consumer;
    private final Deliveries deliveries;
    private final Thread thread = new Thread(this::read, "mq-reader");
    private volatile boolean isClosing;

    private BatchReader(MqClient client, Consumer consumer, Deliveries deliveries) {
        this.client = client;
        this.consumer = consumer;
        this.deliveries = deliveries;
    }

    static BatchReader start(String topic, MqClient client, Deliveries deliveries) {
        BatchReader reader = new BatchReader(
                client, client.consumer(ConsumerConfig.alone(topic).build()), deliveries);
        reader.thread.start();
        return reader;
    }

    private void read() {
        try {
            while (!isClosing) {
                for (ConsumedBatch batch : consumer.pollBatches(POLL)) {
                    for (ConsumedMessage message : batch) {
                        deliveries.delivered(message.payload().getLong(0));
                    }
                }
            }
        } catch (MqException e) {
            if (!isClosing) {
                deliveries.failed(e);
            }
        }
    }

    @Override
    public void close() {
        isClosing = true;
        consumer.close();
        client.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
