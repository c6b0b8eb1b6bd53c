package io.mq.bench.peers.mq;

import io.mq.bench.peers.broker.BrokerClient;
import io.mq.bench.peers.broker.Leftovers;
import io.mq.bench.peers.broker.Peer;
import io.mq.bench.peers.broker.PublishMode;
import io.mq.bench.peers.broker.RunningBroker;
import io.mq.system.process.ServerOptions;
import io.mq.system.process.ServerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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
    public String durability() {
        return "fsync before each acknowledgement";
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(
                "server JVM",
                String.join(" ", ServerOptions.in(Path.of("")).asShipped().jvm()));
        settings.put("server", "all defaults");
        settings.put("publish", "mq-client, all defaults: idempotent, batches of 512 KiB, 8 in flight");
        settings.put("consume", "mq-client, all defaults, without a group");
        settings.put("unary-publish", "unary Publish, %,d in flight".formatted(PublishMode.SINGLES_IN_FLIGHT));
        settings.put("e2e-1000", "mq-client, all defaults, without a group");
        return settings;
    }

    @Override
    public RunningBroker start(Path directory, Leftovers leftovers) throws IOException {
        ServerOptions options = ServerOptions.in(directory).asShipped();
        ServerProcess server = leftovers.own(() -> ServerProcess.launch(options));
        server.awaitReady();
        return new RunningBroker(server.grpcAddress(), server.pid());
    }

    @Override
    public BrokerClient connect(String address) {
        return new MqBrokerClient(address);
    }
}
