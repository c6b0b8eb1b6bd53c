package io.mq.bench.peers.kafka;

import io.mq.bench.peers.broker.BrokerProcess;
import io.mq.bench.peers.broker.Leftovers;
import io.mq.bench.peers.broker.RunningBroker;
import io.mq.bench.peers.broker.Topology;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;

/** Starts Kafka's nodes. */
final class KafkaServer {

    /** Far more than they need on two busy cores. */
    private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(90);

    private static final long POLL_MILLIS = 50;

    private KafkaServer() {}

    /** What its nodes have in common that is not Kafka's default. */
    static Map<String, String> settings(Topology topology, boolean isForced) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("offsets.topic.replication.factor", Integer.toString(topology.nodes()));
        if (topology.isCluster()) {
            // As is advised for three copies: https://kafka.apache.org/documentation/#topicconfigs_min.insync.replicas
            settings.put("min.insync.replicas", "2");
        }
        if (isForced) {
            settings.put("log.flush.interval.messages", "1");
        }
        return settings;
    }

    static RunningBroker start(Path directory, Topology topology, boolean isForced, Leftovers leftovers)
            throws IOException {
        List<KafkaNode> nodes = IntStream.rangeClosed(1, topology.nodes())
                .mapToObj(id -> KafkaNode.choose(id, directory))
                .toList();
        List<BrokerProcess> formats = new ArrayList<>();
        for (KafkaNode node : nodes) {
            formats.add(node.format(nodes, settings(topology, isForced), leftovers));
        }
        for (BrokerProcess format : formats) {
            format.awaitSuccess();
        }
        List<BrokerProcess> processes = new ArrayList<>();
        for (KafkaNode node : nodes) {
            processes.add(node.launch(leftovers));
        }
        for (int i = 0; i < nodes.size(); i++) {
            processes.get(i).awaitPort(nodes.get(i).port());
        }
        RunningBroker broker = new RunningBroker(
                nodes.stream().map(KafkaNode::address).toList(),
                processes.stream().map(BrokerProcess::pid).toList());
        awaitAll(broker.addresses());
        return broker;
    }

    /** Waits until all nodes may be given replicas: they answer before the controllers know them. */
    private static void awaitAll(List<String> addresses) throws IOException {
        long deadline = System.nanoTime() + JOIN_TIMEOUT.toNanos();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", String.join(",", addresses)))) {
            while (admin.describeCluster().nodes().get().size() < addresses.size()) {
                if (System.nanoTime() > deadline) {
                    throw new IOException("not all of Kafka's %d nodes have joined after %s"
                            .formatted(addresses.size(), JOIN_TIMEOUT));
                }
                Thread.sleep(POLL_MILLIS);
            }
        } catch (ExecutionException e) {
            throw new IOException("Kafka does not tell which nodes it has: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while Kafka started", e);
        }
    }
}
