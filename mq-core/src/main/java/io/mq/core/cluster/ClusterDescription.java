package io.mq.core.cluster;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A cluster as one of its nodes sees it at the moment.
 *
 * @param clusterId empty where there is none, or not yet
 * @param coordinator the node that says who should lead
 * @param nodes those that are there and those that should be, by their names
 * @param shards by their names
 */
public record ClusterDescription(
        Optional<String> clusterId, Optional<String> coordinator, List<Node> nodes, List<Shard> shards) {

    /**
     * A node.
     *
     * @param addresses without addresses where nothing but its name is known
     * @param isPresent whether it is there, as far as the one that is asked can see
     * @param isDraining whether it is to lead nothing, because it is about to go
     * @param version of mq; empty where it has not answered
     * @param usableDiskBytes that may still be written; empty where it has not answered
     * @param problems what keeps it from its work, in sentences for the operator
     */
    public record Node(
            NodeAddresses addresses,
            boolean isPresent,
            boolean isDraining,
            String version,
            OptionalLong usableDiskBytes,
            List<String> problems) {

        public String nodeId() {
            return addresses.nodeId();
        }
    }

    /**
     * A shard.
     *
     * @param leader the node that leads it; empty where none is known
     * @param replicas by the names of their nodes
     */
    public record Shard(String name, long term, Optional<String> leader, List<Replica> replicas) {}

    public enum Role {
        LEADER,
        FOLLOWER,
        /** Has everything too, but does not vote, and nobody waits for it. */
        OBSERVER,
        /** Of a node that is not there, or has not answered. */
        ABSENT
    }

    /**
     * A replica of a shard.
     *
     * @param lagEntries how many entries of the leader's log it is not known to have; empty where that is not known
     */
    public record Replica(String nodeId, Role role, OptionalLong lagEntries) {}
}
