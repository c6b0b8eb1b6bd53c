package io.mq.bench.peers.kafka;

import io.mq.bench.peers.broker.Deliveries;
import java.io.Closeable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Kafka's consumer on a thread of its own, which is how it is used. */
final class KafkaReader implements Closeable {

    private static final Duration POLL = Duration.ofSeconds(1);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Deliveries deliveries;
    private final Thread thread = new Thread(this::read, "kafka-reader");

    private KafkaReader(KafkaConsumer<byte[], byte[]> consumer, Deliveries deliveries) {
        this.consumer = consumer;
        this.deliveries = deliveries;
    }

    static KafkaReader start(String topic, Map<String, Object> properties, Deliveries deliveries) {
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = List.of(new TopicPartition(topic, 0));
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        KafkaReader reader = new KafkaReader(consumer, deliveries);
        reader.thread.start();
        return reader;
    }

    private void read() {
        try (consumer) {
            while (true) {
                for (ConsumerRecord<byte[], byte[]> message : consumer.poll(POLL)) {
                    deliveries.delivered(message.value());
                }
            }
        } catch (WakeupException e) {
            // The only way out, by close().
        } catch (KafkaException e) {
            deliveries.failed(e);
        }
    }

    @Override
    public void close() {
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
