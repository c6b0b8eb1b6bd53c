package io.mq.ejb.cluster;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * How a node that belongs to no cluster yet comes to belong to one. A cluster is formed by one node alone, and all others
 * join it; so whatever nodes start in whatever order, there is one. A node that has lost its data cannot form a second
 * one, since it takes all seeds without data to form one without data.
 */
sealed interface FirstStep {

    /** To begin a cluster, as its only member for the moment. */
    record Form() implements FirstStep {}

    /** To become a member of a cluster that there is. */
    record Join(UUID cluster) implements FirstStep {}

    /** To wait, with what for. */
    record Wait(String reason) implements FirstStep {}

    /**
     * @param present all nodes that are there, this one included
     * @param seeds addresses, the same in the same order for all nodes
     */
    static FirstStep of(NodeInfo self, List<NodeInfo> present, List<String> seeds) {
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
        Set<String> there = present.stream().map(NodeInfo::clusterAddress).collect(Collectors.toSet());
        List<String> missing =
                seeds.stream().filter(seed -> !there.contains(seed)).toList();
        if (!missing.isEmpty()) {
            return new Wait(
                    "no node with a cluster has been found; to form a new one, all of mq.cluster.seeds have to be there, and %s %s missing"
                            .formatted(String.join(", ", missing), missing.size() == 1 ? "is" : "are"));
        }
        return seeds.get(0).equals(self.clusterAddress())
                ? new Form()
                : new Wait("the node at %s is about to form the cluster".formatted(seeds.get(0)));
    }
}
