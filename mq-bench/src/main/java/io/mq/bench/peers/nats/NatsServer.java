package io.mq.bench.peers.nats;

import io.mq.bench.peers.broker.BrokerProcess;
import io.mq.bench.peers.broker.Leftovers;
import io.mq.bench.peers.broker.RunningBroker;
import io.mq.bench.peers.broker.Topology;
import io.mq.system.process.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Starts the nodes of a NATS server with JetStream. */
final class NatsServer {

    private static final String LOOPBACK = "127.0.0.1";

    /** Far more than they need on two busy cores. */
    private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(60);

    private static final long POLL_MILLIS = 100;

    private NatsServer() {}

    /**
     * Where a node is reached.
     *
     * @param id from 1 on
     * @param clusterPort for the other nodes
     */
    private record Node(int id, int port, int clusterPort) {

        String route() {
            return "nats://%s:%d".formatted(LOOPBACK, clusterPort);
        }
    }

    static RunningBroker start(Path executable, Path directory, Topology topology, Leftovers leftovers)
            throws IOException {
        List<Node> nodes = IntStream.rangeClosed(1, topology.nodes())
                .mapToObj(id -> new Node(id, Ports.free(), Ports.free()))
                .toList();
        List<BrokerProcess> processes = new ArrayList<>();
        for (Node node : nodes) {
            Path own = Files.createDirectory(directory.resolve("n" + node.id()));
            List<String> command = command(executable, own, node);
            if (topology.isCluster()) {
                command.addAll(joining(node, nodes));
            }
            processes.add(leftovers.own(() -> BrokerProcess.launch(own, command)));
        }
        for (int i = 0; i < nodes.size(); i++) {
            processes.get(i).awaitPort(nodes.get(i).port());
        }
        RunningBroker broker = new RunningBroker(
                nodes.stream().map(node -> LOOPBACK + ":" + node.port()).toList(),
                processes.stream().map(BrokerProcess::pid).toList());
        if (topology.isCluster()) {
            awaitJetStream(broker.addresses());
        }
        return broker;
    }

    /** Waits until a stream can be made: the nodes answer before they know each other and who leads. */
    private static void awaitJetStream(List<String> addresses) throws IOException {
        long deadline = System.nanoTime() + JOIN_TIMEOUT.toNanos();
        try (NatsBrokerClient client = new NatsBrokerClient(addresses, 1)) {
            while (true) {
                try {
                    client.createTopic("ready");
                    return;
                } catch (IOException e) {
                    if (System.nanoTime() > deadline) {
                        throw e;
                    }
                }
                Thread.sleep(POLL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while NATS started", e);
        }
    }

    private static List<String> command(Path executable, Path directory, Node node) {
        return new ArrayList<>(List.of(
                executable.toString(),
                "--addr",
                LOOPBACK,
                "--port",
                Integer.toString(node.port()),
                "--jetstream",
                "--store_dir",
                directory.resolve("data").toString()));
    }

    private static List<String> joining(Node node, List<Node> all) {
        return List.of(
                "--name",
                "n" + node.id(),
                "--cluster_name",
                "mq-bench",
                "--cluster",
                node.route(),
                "--routes",
                all.stream().filter(other -> other != node).map(Node::route).collect(Collectors.joining(",")));
    }
}
