package io.mq.bench.peers.mq;

import io.mq.bench.peers.broker.Leftovers;
import io.mq.bench.peers.broker.RunningBroker;
import io.mq.bench.peers.broker.Topology;
import io.mq.system.cluster.Cluster;
import io.mq.system.cluster.LoopbackNetwork;
import io.mq.system.cluster.Node;
import io.mq.system.cluster.StuckException;
import io.mq.system.process.ServerOptions;
import java.io.IOException;
import java.time.Duration;

/** Starts nodes of mq that make one cluster. */
final class MqCluster {

    /** Three application servers that boot at once take a minute on two cores, and longer beside other work. */
    private static final Duration READY_LIMIT = Duration.ofMinutes(5);

    private MqCluster() {}

    static RunningBroker start(ServerOptions options, Topology topology, Leftovers leftovers) throws IOException {
        Cluster cluster = leftovers.own(() -> launch(options, topology));
        try {
            cluster.awaitReady(READY_LIMIT);
        } catch (StuckException e) {
            throw new IOException(e.getMessage(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        return new RunningBroker(
                cluster.nodes().stream().map(Node::grpcAddress).toList(),
                cluster.nodes().stream().map(Node::pid).toList());
    }

    private static Cluster launch(ServerOptions options, Topology topology) throws IOException {
        try {
            return Cluster.launch(options, new LoopbackNetwork(), topology.nodes(), false, false);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IOException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new IOException("interrupted while a cluster started", cause);
    }
}
