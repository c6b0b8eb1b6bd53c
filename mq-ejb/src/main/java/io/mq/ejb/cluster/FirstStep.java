package io.mq.ejb.cluster;

import io.mq.core.config.ClusterSeeds;
import io.mq.core.config.SocketAddresses.HostAndPort;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * How a node that belongs to no cluster yet comes to belong to one. A cluster is formed by one node alone, and all others
 * join it; so whatever nodes start in whatever order, there is one. A node that has lost its data cannot form a second
 * one, since it takes all seeds without data to form one without data, or as many nodes as were set.
 */
sealed interface FirstStep {

    /** To begin a cluster, as its only member for the moment. */
    record Form() implements FirstStep {}

    /** To become a member of a cluster that there is. */
    record Join(UUID cluster) implements FirstStep {}

    /** To wait, with what for. */
    record Wait(String reason) implements FirstStep {}

    /**
     * @param present all nodes that are there and known, this one included
     * @param unknown how many more are there
     * @param config whose seeds are the same in the same order for all nodes
     */
    static FirstStep of(NodeInfo self, List<NodeInfo> present, int unknown, ClusterConfig config) {
        Optional<NodeInfo> other =
                present.stream().filter(node -> node.shards() != self.shards()).findFirst();
        if (other.isPresent()) {
            return new Wait(
                    "node %s has mq.cluster.shards=%d and this node mq.cluster.shards=%d; start all nodes with the same, a cluster that there is with its own"
                            .formatted(other.get().nodeId(), other.get().shards(), self.shards()));
        }
        Optional<NodeInfo> member =
                present.stream().filter(node -> node.cluster().isPresent()).findFirst();
        if (member.isPresent()) {
            return self.hasData()
                    ? new Wait(
                            "node %s belongs to a cluster already, and this node has messages of its own, which joining would replace; start it with an empty data directory"
                                    .formatted(member.get().nodeId()))
                    : new Join(member.get().cluster().orElseThrow());
        }
        if (self.hasData()) {
            return new Form();
        }
        Optional<NodeInfo> holder = present.stream().filter(NodeInfo::hasData).findFirst();
        if (holder.isPresent()) {
            return new Wait("node %s is about to form the cluster"
                    .formatted(holder.get().nodeId()));
        }
        return config.seeds().name().isPresent()
                ? byNumber(self, present, unknown, config.size())
                : byList(self, present, config.seeds());
    }

    private static FirstStep byList(NodeInfo self, List<NodeInfo> present, ClusterSeeds seeds) {
        List<String> addresses =
                seeds.addresses().stream().map(HostAndPort::toString).toList();
        Set<String> there = present.stream().map(NodeInfo::clusterAddress).collect(Collectors.toSet());
        List<String> missing =
                addresses.stream().filter(address -> !there.contains(address)).toList();
        return missing.isEmpty()
                ? formAt(addresses.get(0), self)
                : new Wait(
                        "no node with a cluster has been found; to form a new one, all of mq.cluster.seeds have to be there, and %s %s missing"
                                .formatted(String.join(", ", missing), missing.size() == 1 ? "is" : "are"));
    }

    /**
     * Where nobody says which nodes there will be. With one more than so many, two of them might each take themselves for
     * the first of those that they see.
     */
    private static FirstStep byNumber(NodeInfo self, List<NodeInfo> present, int unknown, int size) {
        int there = present.size() + unknown;
        if (there < size) {
            return new Wait(
                    "no node with a cluster has been found; to form a new one, %d nodes have to be there (mq.cluster.size), and %d %s"
                            .formatted(size, there, there == 1 ? "is" : "are"));
        }
        if (there > size) {
            return new Wait(
                    "no node with a cluster has been found, and with %d nodes there are more than form a new one (mq.cluster.size=%d); stop those beyond, and start them again when the cluster is there"
                            .formatted(there, size));
        }
        if (unknown > 0) {
            return new Wait("%d of the nodes have not said yet who they are".formatted(unknown));
        }
        return formAt(
                present.stream()
                        .map(NodeInfo::clusterAddress)
                        .sorted()
                        .findFirst()
                        .orElseThrow(),
                self);
    }

    private static FirstStep formAt(String address, NodeInfo self) {
        return address.equals(self.clusterAddress())
                ? new Form()
                : new Wait("the node at %s is about to form the cluster".formatted(address));
    }
}
