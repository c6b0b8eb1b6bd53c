package io.mq.bench.peers.nats;

import io.mq.bench.peers.broker.BrokerClient;
import io.mq.bench.peers.broker.Leftovers;
import io.mq.bench.peers.broker.Peer;
import io.mq.bench.peers.broker.PublishMode;
import io.mq.bench.peers.broker.RunningBroker;
import io.mq.bench.peers.broker.Topology;
import io.nats.client.Nats;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** NATS JetStream as it comes, which forces its files every two minutes. */
public final class NatsPeer implements Peer {

    /**
     * What NATS's Go client allows by default (its constant is {@code defaultAsyncPubAckInflight}); the Java client has
     * no bound. Source: https://github.com/nats-io/nats.go/blob/main/js.go
     */
    public static final int IN_FLIGHT_MAX = 4000;

    private final int inFlightMax;

    /** @param inFlightMax messages that a producer has unacknowledged, unless each is sent by itself */
    public NatsPeer(int inFlightMax) {
        this.inFlightMax = inFlightMax;
    }

    @Override
    public String name() {
        return "nats";
    }

    @Override
    public String version() throws IOException {
        Process process = new ProcessBuilder(executable().toString(), "--version").start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            String line = out.readLine();
            String server = line == null ? "?" : line.replaceFirst(".*[: ]v?", "");
            return "%s, jnats %s".formatted(server, Nats.CLIENT_VERSION);
        }
    }

    @Override
    public String durability(Topology topology) {
        return topology.isCluster() ? "page cache of a majority" : "page cache";
    }

    @Override
    public Map<String, String> settings(Topology topology) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(
                "server",
                topology.isCluster()
                        ? "JetStream, file store, %d replicas".formatted(topology.nodes())
                        : "JetStream, file store, one replica");
        settings.put(
                "publish", "publishAsync per message, %,d unacknowledged; NATS has no batches".formatted(inFlightMax));
        settings.put("consume", "ordered push consumer");
        settings.put(
                "unary-publish",
                "publishAsync per message, %,d unacknowledged".formatted(PublishMode.SINGLES_IN_FLIGHT));
        settings.put("e2e", "publishAsync per message, ordered push consumer");
        return settings;
    }

    @Override
    public Optional<String> absence() {
        return NatsExecutable.find().isPresent()
                ? Optional.empty()
                : Optional.of("nats-server is not on the PATH (Debian and Ubuntu: apt-get install nats-server)");
    }

    @Override
    public RunningBroker start(Path directory, Topology topology, Leftovers leftovers) throws IOException {
        return NatsServer.start(executable(), directory, topology, leftovers);
    }

    private static Path executable() throws IOException {
        return NatsExecutable.find().orElseThrow(() -> new IOException("nats-server is not on the PATH"));
    }

    @Override
    public BrokerClient connect(List<String> addresses) throws IOException {
        return new NatsBrokerClient(addresses, inFlightMax);
    }
}
