package io.mq.bench.peers.kafka;

import io.mq.bench.peers.broker.PublishMode;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What the clients of Kafka are told beyond their defaults, and who advises it. */
final class KafkaSettings {

    /** Reading needs nothing: with a backlog every fetch is as large as the defaults allow. */
    static final Map<String, String> CONSUMER = Map.of("enable.auto.commit", "false");

    /** What a run needs to be as it is. */
    private static final Set<String> FIXED = Set.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
            ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG);

    private KafkaSettings() {}

    /**
     * What is advised for throughput and for latency, each setting with its source.
     *
     * <p>The advice for throughput goes on with {@code acks=1} and a compression: with one copy {@code all} asks for no
     * more than 1 does, and the payloads are random.
     *
     * @param tuned replaces what is advised or adds to it, in all modes
     */
    static Map<String, String> producer(PublishMode mode, Map<String, String> tuned) {
        Map<String, String> settings = new TreeMap<>();
        // The default since 3.0: https://kafka.apache.org/documentation/#producerconfigs_acks
        settings.put("acks", "all");
        if (mode == PublishMode.BATCHED) {
            // 100000 to 200000: https://developer.confluent.io/tutorials/optimize-producer-throughput/confluent.html
            settings.put("batch.size", "200000");
            // 10 to 100, on the same page. The buffer fills a batch before that.
            settings.put("linger.ms", "10");
            // As Kafka's authors measured it: https://gist.github.com/jkreps/c7ddb4041ef62a900e6c
            settings.put("buffer.memory", "67108864");
        } else {
            // https://docs.confluent.io/cloud/current/client-apps/optimizing/latency.html; 5 by default since 4.0.
            settings.put("linger.ms", "0");
        }
        settings.putAll(tuned);
        return settings;
    }

    /**
     * Asks Kafka whether it would take these settings.
     *
     * @throws IllegalArgumentException naming the one that it would not
     */
    static void requireValid(Map<String, String> tuned) {
        for (String key : tuned.keySet()) {
            if (!ProducerConfig.configNames().contains(key)) {
                throw new IllegalArgumentException("Kafka's producer has no setting '%s'".formatted(key));
            }
            if (FIXED.contains(key)) {
                throw new IllegalArgumentException("'%s' is the run's own".formatted(key));
            }
        }
        for (PublishMode mode : PublishMode.values()) {
            Map<String, Object> settings = new HashMap<>(producer(mode, tuned));
            settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1");
            settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
            settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
            try {
                var unused = new ProducerConfig(settings);
            } catch (ConfigException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        }
    }
}
