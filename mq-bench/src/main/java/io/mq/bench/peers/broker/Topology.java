package io.mq.bench.peers.broker;

/** How many nodes a broker has in a run, all on this machine. Each message has a copy on each of them. */
public enum Topology {
    ALONE(1),
    CLUSTER(3);

    private final int nodes;

    Topology(int nodes) {
        this.nodes = nodes;
    }

    public int nodes() {
        return nodes;
    }

    public boolean isCluster() {
        return nodes > 1;
    }
}
