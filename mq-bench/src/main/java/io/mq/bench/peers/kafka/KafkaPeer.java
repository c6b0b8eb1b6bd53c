package io.mq.bench.peers.kafka;

import io.mq.bench.peers.broker.BrokerClient;
import io.mq.bench.peers.broker.Leftovers;
import io.mq.bench.peers.broker.Peer;
import io.mq.bench.peers.broker.PublishMode;
import io.mq.bench.peers.broker.RunningBroker;
import io.mq.bench.peers.broker.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.common.utils.AppInfoParser;

/** Kafka as it comes, which leaves the disk to the operating system, or with a force of each batch. */
public final class KafkaPeer implements Peer {

    private final String name;
    private final boolean isForced;
    private final Map<String, String> tuned;

    private KafkaPeer(String name, boolean isForced, Map<String, String> tuned) {
        this.name = name;
        this.isForced = isForced;
        this.tuned = tuned;
    }

    /**
     * As it comes.
     *
     * @param tuned settings of the producer in place of what is advised, which {@link #requireValid} has seen
     */
    public static KafkaPeer withDefaults(Map<String, String> tuned) {
        return new KafkaPeer("kafka", false, tuned);
    }

    /** With an fsync of what each request appends; else the same. */
    public static KafkaPeer withFsync(Map<String, String> tuned) {
        return new KafkaPeer("kafka-fsync", true, tuned);
    }

    /** @throws IllegalArgumentException naming a setting that Kafka's producer would not take */
    public static void requireValid(Map<String, String> tuned) {
        KafkaSettings.requireValid(tuned);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String version() {
        return AppInfoParser.getVersion();
    }

    @Override
    public String durability(Topology topology) {
        String onOne = isForced ? "fsync per append" : "page cache";
        return topology.isCluster() ? onOne + " on all replicas in sync" : onOne;
    }

    @Override
    public Map<String, String> settings(Topology topology) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("server JVM", String.join(" ", KafkaNode.JVM));
        settings.put("server", server(topology));
        settings.put("publish", producer(PublishMode.BATCHED));
        settings.put("consume", print(KafkaSettings.CONSUMER));
        settings.put(
                "unary-publish",
                producer(PublishMode.SINGLE)
                        + ", %,d unacknowledged; Kafka has no call per message, what waits for a connection still becomes a batch"
                                .formatted(PublishMode.SINGLES_IN_FLIGHT));
        settings.put("e2e", producer(PublishMode.PROMPT));
        return settings;
    }

    private String server(Topology topology) {
        String changed = print(KafkaServer.settings(topology, isForced));
        return isForced ? changed : changed + ", log.flush.interval.messages=default (none)";
    }

    private String producer(PublishMode mode) {
        return print(KafkaSettings.producer(mode, tuned));
    }

    private static String print(Map<String, String> properties) {
        return properties.entrySet().stream()
                .map(property -> property.getKey() + "=" + property.getValue())
                .collect(Collectors.joining(", "));
    }

    @Override
    public Optional<String> absence() {
        return Files.isDirectory(KafkaNode.libraries())
                ? Optional.empty()
                : Optional.of(
                        "its jars are not in %s; ./mq bench builds that directory".formatted(KafkaNode.libraries()));
    }

    @Override
    public RunningBroker start(Path directory, Topology topology, Leftovers leftovers) throws IOException {
        return KafkaServer.start(directory, topology, isForced, leftovers);
    }

    @Override
    public BrokerClient connect(List<String> addresses) {
        return new KafkaBrokerClient(addresses, tuned);
    }
}
