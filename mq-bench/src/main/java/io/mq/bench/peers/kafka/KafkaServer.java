package io.mq.bench.peers.kafka;

import io.mq.bench.peers.broker.BrokerProcess;
import io.mq.bench.peers.broker.Leftovers;
import io.mq.bench.peers.broker.RunningBroker;
import io.mq.system.process.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Starts a Kafka node that is broker and controller, from a directory of jars that only this process loads. */
final class KafkaServer {

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

    private KafkaServer() {}

    static Path libraries() {
        return Path.of(System.getProperty(LIBRARIES_PROPERTY, "mq-bench-kafka/target/lib"))
                .toAbsolutePath();
    }

    /** What it says about the disk. */
    static Map<String, String> durability(boolean isForced) {
        return isForced
                ? Map.of("log.flush.interval.messages", "1")
                : Map.of("log.flush.interval.messages", "default (none)");
    }

    static RunningBroker start(Path directory, boolean isForced, Leftovers leftovers) throws IOException {
        int port = Ports.free();
        Path properties = directory.resolve("server.properties");
        Files.writeString(properties, print(properties(directory, port, Ports.free(), isForced)));
        leftovers
                .own(() -> BrokerProcess.launch(
                        directory,
                        command("kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", properties.toString())))
                .awaitSuccess();
        BrokerProcess process =
                leftovers.own(() -> BrokerProcess.launch(directory, command("kafka.Kafka", properties.toString())));
        process.awaitPort(port);
        return new RunningBroker("127.0.0.1:" + port, process.pid());
    }

    private static Map<String, String> properties(Path directory, int port, int controllerPort, boolean isForced) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        properties.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put(
                "listeners", "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controllerPort));
        properties.put("log.dirs", directory.resolve("data").toString());
        properties.put("offsets.topic.replication.factor", "1");
        if (isForced) {
            properties.putAll(durability(true));
        }
        return properties;
    }

    private static String print(Map<String, String> properties) {
        return properties.entrySet().stream()
                .map(property -> property.getKey() + "=" + property.getValue() + "\n")
                .collect(Collectors.joining());
    }

    private static List<String> command(String mainClass, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(JVM);
        command.add("-cp");
        command.add(libraries().resolve("*").toString());
        command.add(mainClass);
        command.addAll(List.of(arguments));
        return command;
    }
}
