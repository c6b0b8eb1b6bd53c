package io.mq.system.cluster;

import io.mq.system.process.AtExit;
import io.mq.system.process.ClassArchive;
import io.mq.system.process.Ports;
import io.mq.system.process.ServerOptions;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Servers on this machine that make one cluster. */
public final class Cluster implements Closeable {

    private static final long POLL_MILLIS = 200;

    private final Network network;
    private final List<Node> nodes = new ArrayList<>();
    private final AtExit cleanup = AtExit.run("cluster-cleanup", this::close);

    /** Guarded by this: nothing is started after the end, which may come from another thread. */
    private boolean isClosed;

    private Cluster(Network network) {
        this.network = network;
    }

    /**
     * Launches all nodes with empty directories.
     *
     * @param options what they have in common; their directories are below its
     * @param network closed with the cluster
     * @param hasDisks whether each node's data is on a {@link SmallDisk}
     * @param isLongRun whether it is worth half a minute to have every later start take less
     */
    public static Cluster launch(ServerOptions options, Network network, int count, boolean hasDisks, boolean isLongRun)
            throws IOException, InterruptedException {
        Cluster cluster = new Cluster(network);
        try {
            ServerOptions common = isLongRun ? recorded(options) : options;
            List<NodeAddress> addresses = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                addresses.add(NodeAddress.choose(i, network.host(i)));
            }
            String seeds = String.join(
                    ",", addresses.stream().map(NodeAddress::cluster).toList());
            for (int i = 0; i < count; i++) {
                NodeAddress own = addresses.get(i);
                ServerOptions ofNode = ofNode(common, options.directory(), network.enter(i), own, seeds);
                cluster.nodes.add(new Node(i, own, ofNode, hasDisks ? Optional.of(disk(ofNode)) : Optional.empty()));
            }
            for (Node node : cluster.nodes) {
                cluster.start(node);
            }
            return cluster;
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private static SmallDisk disk(ServerOptions options) throws IOException {
        Files.createDirectories(options.directory());
        return SmallDisk.mount(options.directory().resolve("disk.image"), options.dataDirectory());
    }

    private static ServerOptions ofNode(
            ServerOptions common, Path directory, List<String> launcher, NodeAddress own, String seeds) {
        return common.inDirectory(directory.resolve(own.id()))
                .launchedBy(launcher)
                .withArguments(
                        "--addr", own.grpc(),
                        "--http-addr", own.http(),
                        "--data-dir", "data",
                        "--node-id", own.id(),
                        "--cluster-addr", own.cluster(),
                        "--cluster-seeds", seeds);
    }

    /** A cluster of one loads what is needed for a larger one. */
    private static ServerOptions recorded(ServerOptions options) throws IOException, InterruptedException {
        String cluster = "127.0.0.1:" + Ports.freeInARow(2);
        return ClassArchive.record(options.inDirectory(options.directory().resolve("classes"))
                .withArguments(
                        "--addr",
                        "127.0.0.1:" + Ports.free(),
                        "--http-addr",
                        "127.0.0.1:" + Ports.free(),
                        "--data-dir",
                        "data",
                        "--cluster-addr",
                        cluster,
                        "--cluster-seeds",
                        cluster));
    }

    public List<Node> nodes() {
        return nodes;
    }

    public Network network() {
        return network;
    }

    /** Launches a node that is dead, without waiting for it. */
    public synchronized void start(Node node) throws IOException {
        if (isClosed) {
            throw new IOException("the cluster is closed, " + node.id() + " is not started again");
        }
        node.launch();
    }

    /** The node that leads the first shard, as far as the nodes have said. */
    public Optional<Node> leader() {
        return find(RolesInLogs.leader(nodes.stream().map(Node::log)));
    }

    /** The node that says who should lead, as far as the nodes have said. */
    public Optional<Node> coordinator() {
        return find(RolesInLogs.coordinator(nodes.stream().map(Node::log)));
    }

    private Optional<Node> find(Optional<String> id) {
        return id.flatMap(wanted ->
                nodes.stream().filter(node -> node.id().equals(wanted)).findFirst());
    }

    /** Waits until every node says that it is a member which takes calls. */
    public void awaitReady(Duration limit) throws StuckException, InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!areAllReady()) {
            if (System.nanoTime() > end) {
                throw stuck("not all nodes are ready after " + limit);
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    private boolean areAllReady() throws InterruptedException {
        for (Node node : nodes) {
            if (!node.isReady()) {
                return false;
            }
        }
        return true;
    }

    /** Says what is wrong and how each node is. */
    public StuckException stuck(String what) throws InterruptedException {
        StringBuilder text = new StringBuilder(what).append('\n');
        for (Node node : nodes) {
            text.append(node.describe());
        }
        return new StuckException(text.toString());
    }

    /** The memory of the node that has most, in MiB. */
    public long residentMegabytesMax() {
        return nodes.stream().mapToLong(Node::residentMegabytes).max().orElse(0);
    }

    /** Kills what runs and takes the network away. May be called twice, by any thread. */
    @Override
    public synchronized void close() {
        if (!isClosed) {
            isClosed = true;
            nodes.forEach(Node::kill);
            nodes.forEach(Node::unmount);
            network.close();
            cleanup.close();
        }
    }
}
