package io.mq.ejb.cluster;

import static org.awaitility.Awaitility.await;

import io.mq.batch.Record;
import io.mq.core.broker.Broker;
import io.mq.core.broker.BrokerConfig;
import io.mq.core.broker.BrokerPlatform;
import io.mq.core.broker.PublishRequest;
import io.mq.core.cluster.ClusterDescription;
import io.mq.core.config.Configuration;
import io.mq.core.config.SocketAddresses.HostAndPort;
import io.mq.core.file.Disk;
import io.mq.core.file.ForwardingDisk;
import io.mq.core.file.NioDisk;
import io.mq.core.message.TopicConfig;
import io.mq.ejb.derby.DerbyCheckpointStore;
import io.mq.ejb.upkeep.BrokerMetrics;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** Whole brokers in one process, each with its own files, that find each other over a {@link LocalNetwork}. */
final class LocalCluster implements Closeable {

    static final Duration SOON = Duration.ofSeconds(40);

    private static final long SNAPSHOT_BYTES_PER_SECOND = 100 << 20;

    private final LocalNetwork network = new LocalNetwork();
    private final Map<String, HostAndPort> addresses = new TreeMap<>();
    private final Map<String, Node> running = new TreeMap<>();

    record Node(ClusterNode seat, Broker broker, BrokerMetrics metrics) {}

    private final int shards;

    private LocalCluster(int shards) {
        this.shards = shards;
    }

    /** None of the nodes runs yet. */
    static LocalCluster of(String... nodeIds) {
        return withShards(1, nodeIds);
    }

    static LocalCluster withShards(int shards, String... nodeIds) {
        LocalCluster cluster = new LocalCluster(shards);
        for (String nodeId : nodeIds) {
            cluster.addresses.put(nodeId, new HostAndPort("127.0.0.1", LoopbackPorts.free()));
        }
        return cluster;
    }

    void start(String nodeId, Path data) {
        start(nodeId, data, new NioDisk(), SNAPSHOT_BYTES_PER_SECOND);
    }

    void startThrottled(String nodeId, Path data, long snapshotBytesPerSecond) {
        start(nodeId, data, new NioDisk(), snapshotBytesPerSecond);
    }

    void startWithoutRoom(String nodeId, Path data) {
        start(nodeId, data, new FullDisk(), SNAPSHOT_BYTES_PER_SECOND);
    }

    /** Says that it has no room left; what is written there all the same is kept. */
    private static final class FullDisk extends ForwardingDisk {

        FullDisk() {
            super(new NioDisk());
        }

        @Override
        public long usableBytes(Path directory) {
            return 0;
        }
    }

    private void start(String nodeId, Path data, Disk disk, long snapshotBytesPerSecond) {
        HostAndPort address = addresses.get(nodeId);
        ClusterConfig plain = ClusterConfigs.plain(nodeId, address, List.copyOf(addresses.values()));
        ClusterConfig config = ClusterConfigs.withSnapshotBytesPerSecond(
                ClusterConfigs.withShards(plain, shards), snapshotBytesPerSecond);
        ClusterNode seat = new ClusterNode(config, network);
        BrokerMetrics metrics = new BrokerMetrics();
        BrokerPlatform real = BrokerPlatform.real(metrics);
        BrokerPlatform platform = new BrokerPlatform(
                disk,
                real.clock(),
                real.nanoClock(),
                real.random(),
                real.newNodeId(),
                real.observer(),
                real.leadership());
        Broker broker = Broker.open(config(data), platform, DerbyCheckpointStore::open, seat);
        metrics.observe(broker);
        running.put(nodeId, new Node(seat, broker, metrics));
    }

    private static BrokerConfig config(Path data) {
        Map<String, String> settings = Map.of(
                "mq.data-dir", data.toString(),
                "mq.journal.file-bytes", "2MiB",
                "mq.limits.message-bytes-max", "512KiB",
                "mq.storage.free-bytes-min", "1");
        return BrokerConfig.from(Configuration.read(settings.keySet(), key -> Optional.ofNullable(settings.get(key))));
    }

    /** Has a node that belongs to no cluster store messages, and stops it. */
    static void storeAlone(Path data, List<String> payloads) throws IOException {
        try (Broker broker =
                Broker.open(config(data), BrokerPlatform.real(new BrokerMetrics()), DerbyCheckpointStore::open)) {
            payloads.forEach(payload -> publish(broker, payload));
        }
    }

    void stop(String nodeId) throws IOException {
        Node node = running.remove(nodeId);
        node.broker.close();
        node.seat.close();
    }

    /** Has a node lose sight of another one, whose log reaches it all the same. */
    void hide(String nodeId, String from) {
        network.hide(nodeId, from);
    }

    /** Where the node's log is, or will be, reached. */
    int logPort(String nodeId) {
        return addresses.get(nodeId).port() + 1;
    }

    Node node(String nodeId) {
        return running.get(nodeId);
    }

    ClusterDescription describe() {
        return running.values().iterator().next().broker.cluster().describe().join();
    }

    Node leader() {
        return running.get(describe().shards().get(0).leader().orElseThrow());
    }

    /** As another node would. */
    byte[] ask(String nodeId, NodeRequest request) {
        return network.ask(nodeId, request.encoded(), SOON).join();
    }

    /** At the node that leads; it may take a moment until one does. */
    void publish(String payload) {
        await().atMost(SOON).ignoreExceptions().until(() -> {
            publish(leader().broker, payload);
            return true;
        });
    }

    private static void publish(Broker broker, String payload) {
        broker.topics().create("orders", 1, TopicConfig.DEFAULTS).join();
        broker.publisher()
                .publish(new PublishRequest(
                        "orders",
                        OptionalInt.empty(),
                        new Record(
                                Optional.empty(), ByteBuffer.wrap(payload.getBytes(StandardCharsets.UTF_8)), List.of()),
                        false,
                        Optional.empty()))
                .join();
    }

    @Override
    public void close() throws IOException {
        for (String nodeId : List.copyOf(running.keySet())) {
            stop(nodeId);
        }
        network.close();
    }
}
