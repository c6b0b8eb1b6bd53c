package io.mq.bench.load;

import io.mq.client.ConsumedBatch;
import io.mq.client.ConsumedMessage;
import io.mq.client.Consumer;
import io.mq.client.ConsumerConfig;
import io.mq.client.MqClient;
import io.mq.client.MqException;
import java.io.Closeable;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** One member of a group on a thread of its own, which looks at every message and commits every second. */
final class ConsumerLoad implements Closeable {

    private static final Duration POLL = Duration.ofMillis(100);

    private final MqClient client;
    private final Consumer consumer;
    private final Meter delivered;
    private final AtomicReference<Throwable> failure;
    private final Thread thread = new Thread(this::read, "load-consumer");
    private volatile boolean isClosing;

    ConsumerLoad(String address, String topic, String group, Meter delivered, AtomicReference<Throwable> failure) {
        this.client = MqClient.forTarget(address).build();
        this.consumer = client.consumer(ConsumerConfig.group(group, topic).build());
        this.delivered = delivered;
        this.failure = failure;
    }

    ConsumerLoad start() {
        thread.start();
        return this;
    }

    private void read() {
        try {
            while (!isClosing) {
                for (ConsumedBatch batch : consumer.pollBatches(POLL)) {
                    long due = 0;
                    for (ConsumedMessage message : batch) {
                        long its = message.payload().getLong(0);
                        // Messages of one stamp share a measurement.
                        if (its != due) {
                            due = its;
                            delivered.took(due);
                        }
                    }
                    delivered.count(batch.count());
                }
            }
        } catch (MqException e) {
            if (!isClosing) {
                failure.compareAndSet(null, e);
            }
        }
    }

    @Override
    public void close() {
        isClosing = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        consumer.close();
        client.close();
    }
}
