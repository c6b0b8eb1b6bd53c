package io.mq.bench.peers.mq;

import io.mq.bench.peers.broker.BrokerClient;
import io.mq.bench.peers.broker.Leftovers;
import io.mq.bench.peers.broker.Peer;
import io.mq.bench.peers.broker.PublishMode;
import io.mq.bench.peers.broker.RunningBroker;
import io.mq.bench.peers.broker.Topology;
import io.mq.system.process.ServerOptions;
import io.mq.system.process.ServerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** mq as {@code ./mq server} starts it. */
public final class MqPeer implements Peer {

    private static final String VERSION_FILE = "/META-INF/maven/io.mq/mq-bench/pom.properties";

    @Override
    public String name() {
        return "mq";
    }

    /** Of this build, from which the server is too. */
    @Override
    public String version() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = MqPeer.class.getResourceAsStream(VERSION_FILE)) {
            if (in != null) {
                properties.load(in);
            }
        }
        return properties.getProperty("version", "unpackaged");
    }

    @Override
    public String durability(Topology topology) {
        return topology.isCluster()
                ? "fsync on a majority before each acknowledgement"
                : "fsync before each acknowledgement";
    }

    @Override
    public Map<String, String> settings(Topology topology) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(
                "server JVM",
                String.join(" ", ServerOptions.in(Path.of("")).asShipped().jvm()));
        settings.put("server", "all defaults");
        settings.put("publish", "mq-client, all defaults: idempotent, batches of 512 KiB, 8 in flight");
        settings.put("consume", "mq-client, all defaults, without a group");
        settings.put(
                "unary-publish",
                "unary Publish to the first node, %,d in flight".formatted(PublishMode.SINGLES_IN_FLIGHT));
        settings.put("e2e", "mq-client, all defaults, without a group");
        return settings;
    }

    @Override
    public RunningBroker start(Path directory, Topology topology, Leftovers leftovers) throws IOException {
        ServerOptions options = ServerOptions.in(directory).asShipped();
        return topology.isCluster() ? MqCluster.start(options, topology, leftovers) : startAlone(options, leftovers);
    }

    private static RunningBroker startAlone(ServerOptions options, Leftovers leftovers) throws IOException {
        ServerProcess server = leftovers.own(() -> ServerProcess.launch(options));
        server.awaitReady();
        return new RunningBroker(List.of(server.grpcAddress()), List.of(server.pid()));
    }

    @Override
    public BrokerClient connect(List<String> addresses) {
        return new MqBrokerClient(addresses);
    }
}
