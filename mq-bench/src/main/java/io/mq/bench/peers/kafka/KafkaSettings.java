package io.mq.bench.peers.kafka;

import io.mq.bench.peers.broker.PublishMode;
import java.util.Map;
import java.util.TreeMap;

/** What the clients of Kafka are told beyond their defaults. */
final class KafkaSettings {

    /** Reading needs nothing: with a backlog every fetch is as large as the defaults allow. */
    static final Map<String, String> CONSUMER = Map.of("enable.auto.commit", "false");

    private KafkaSettings() {}

    /** As Kafka's documentation advises for throughput and for latency. */
    static Map<String, String> producer(PublishMode mode) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("acks", "all");
        if (mode == PublishMode.BATCHED) {
            settings.put("batch.size", "200000");
            settings.put("linger.ms", "10");
            settings.put("buffer.memory", "67108864");
        } else {
            settings.put("linger.ms", "0");
        }
        return settings;
    }
}
