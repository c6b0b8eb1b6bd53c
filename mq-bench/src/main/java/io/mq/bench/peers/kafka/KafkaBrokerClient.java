package io.mq.bench.peers.kafka;

import io.mq.bench.peers.broker.Acknowledgements;
import io.mq.bench.peers.broker.BrokerClient;
import io.mq.bench.peers.broker.Deliveries;
import io.mq.bench.peers.broker.PublishMode;
import io.mq.bench.peers.broker.Publisher;
import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** An application with Kafka's Java clients. */
final class KafkaBrokerClient implements BrokerClient {

    private static final int PARTITIONS = 1;

    private final List<String> addresses;
    private final Map<String, String> tuned;

    /** @param tuned settings of the producer in place of what is advised */
    KafkaBrokerClient(List<String> addresses, Map<String, String> tuned) {
        this.addresses = addresses;
        this.tuned = tuned;
    }

    @Override
    public void createTopic(String topic) throws IOException {
        try (Admin admin = Admin.create(properties(Map.of()))) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) addresses.size())))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IOException("Kafka did not create the topic: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while Kafka created a topic", e);
        }
    }

    @Override
    public Publisher publisher(String topic, PublishMode mode, Acknowledgements acknowledgements) {
        Map<String, Object> properties = properties(KafkaSettings.producer(mode, tuned));
        return mode == PublishMode.SINGLE
                ? new KafkaPublisher(topic, properties, acknowledgements, PublishMode.SINGLES_IN_FLIGHT)
                : new KafkaPublisher(topic, properties, acknowledgements, Integer.MAX_VALUE);
    }

    @Override
    public Closeable consume(String topic, Deliveries deliveries) {
        return KafkaReader.start(topic, properties(KafkaSettings.CONSUMER), deliveries);
    }

    private Map<String, Object> properties(Map<String, String> settings) {
        Map<String, Object> properties = new HashMap<>(settings);
        properties.put("bootstrap.servers", String.join(",", addresses));
        return properties;
    }

    @Override
    public void close() {}
}
