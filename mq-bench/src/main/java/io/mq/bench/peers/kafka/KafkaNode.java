package io.mq.bench.peers.kafka;

import io.mq.bench.peers.broker.BrokerProcess;
import io.mq.bench.peers.broker.Leftovers;
import io.mq.system.process.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A process of Kafka that is broker and controller, from a directory of jars that only such processes load.
 *
 * @param id from 1 on
 * @param directory where it keeps everything
 * @param port for clients and other brokers
 */
record KafkaNode(int id, Path directory, int port, int controllerPort) {

    /** What {@code kafka-server-start.sh} gives it. */
    static final List<String> JVM = List.of(
            "-Xms1g",
            "-Xmx1g",
            "-XX:+UseG1GC",
            "-XX:MaxGCPauseMillis=20",
            "-XX:InitiatingHeapOccupancyPercent=35",
            "-XX:+ExplicitGCInvokesConcurrent");

    private static final String LIBRARIES_PROPERTY = "mq.bench.kafka-lib";

    /** Any 16 bytes in Base64. */
    private static final String CLUSTER_ID = "bXEtYmVuY2gtcGVlcnMtMQ";

    static Path libraries() {
        return Path.of(System.getProperty(LIBRARIES_PROPERTY, "mq-bench-kafka/target/lib"))
                .toAbsolutePath();
    }

    /** One on free ports, with a directory of its own below that of all. */
    static KafkaNode choose(int id, Path parent) {
        return new KafkaNode(id, parent.resolve("n" + id), Ports.free(), Ports.free());
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    /** How controllers are told of it. */
    String voter() {
        return "%d@127.0.0.1:%d".formatted(id, controllerPort);
    }

    private Path file() {
        return directory.resolve("server.properties");
    }

    /**
     * Writes its configuration and has its storage prepared, without waiting for that.
     *
     * @param settings that all nodes have in common
     */
    BrokerProcess format(List<KafkaNode> all, Map<String, String> settings, Leftovers leftovers) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(file(), print(properties(all, settings)));
        return launch(leftovers, "kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", file().toString());
    }

    /** Launches it without waiting for it. */
    BrokerProcess launch(Leftovers leftovers) throws IOException {
        return launch(leftovers, "kafka.Kafka", file().toString());
    }

    private BrokerProcess launch(Leftovers leftovers, String mainClass, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(JVM);
        command.add("-cp");
        command.add(libraries().resolve("*").toString());
        command.add(mainClass);
        command.addAll(List.of(arguments));
        return leftovers.own(() -> BrokerProcess.launch(directory, command));
    }

    private Map<String, String> properties(List<KafkaNode> all, Map<String, String> settings) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", Integer.toString(id));
        properties.put(
                "controller.quorum.voters", all.stream().map(KafkaNode::voter).collect(Collectors.joining(",")));
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put(
                "listeners", "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controllerPort));
        properties.put("log.dirs", directory.resolve("data").toString());
        properties.putAll(settings);
        return properties;
    }

    private static String print(Map<String, String> properties) {
        return properties.entrySet().stream()
                .map(property -> property.getKey() + "=" + property.getValue() + "\n")
                .collect(Collectors.joining());
    }
}
