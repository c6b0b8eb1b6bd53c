package io.mq.web;

import io.mq.core.cluster.ClusterDescription;
import java.util.List;
import java.util.OptionalLong;

/** What is said about the cluster, in JSON. */
final class ClusterJson {

    private ClusterJson() {}

    /**
     * The cluster as the node sees it that was asked.
     *
     * @param clusterId missing where the node belongs to none, or not yet
     * @param coordinator the node that says who should lead
     */
    public record Cluster(String clusterId, String coordinator, List<ClusterNode> nodes, List<Shard> shards) {

        static Cluster of(ClusterDescription cluster) {
            return new Cluster(
                    cluster.clusterId().orElse(null),
                    cluster.coordinator().orElse(null),
                    cluster.nodes().stream().map(ClusterNode::of).toList(),
                    cluster.shards().stream().map(Shard::of).toList());
        }
    }

    /**
     * A node.
     *
     * @param grpcAddress missing where the node is not there
     * @param present whether it is there, as far as the node can see that was asked
     * @param draining whether it is to lead nothing
     * @param usableDiskBytes missing where it has not answered
     */
    public record ClusterNode(
            String nodeId,
            String grpcAddress,
            String httpAddress,
            boolean present,
            boolean draining,
            String version,
            Long usableDiskBytes,
            List<String> problems) {

        static ClusterNode of(ClusterDescription.Node node) {
            return new ClusterNode(
                    node.nodeId(),
                    orMissing(node.addresses().grpc()),
                    orMissing(node.addresses().http()),
                    node.isPresent(),
                    node.isDraining(),
                    orMissing(node.version()),
                    orMissing(node.usableDiskBytes()),
                    node.problems());
        }
    }

    /** @param leader missing where none is known */
    public record Shard(String name, long term, String leader, List<Replica> replicas) {

        static Shard of(ClusterDescription.Shard shard) {
            return new Shard(
                    shard.name(),
                    shard.term(),
                    shard.leader().orElse(null),
                    shard.replicas().stream().map(Replica::of).toList());
        }
    }

    /**
     * A replica that votes.
     *
     * @param role {@code LEADER}, {@code FOLLOWER}, {@code OBSERVER}, or {@code ABSENT}
     * @param lagEntries how many entries of the leader's log it is not known to have; missing where that is not known
     */
    public record Replica(String nodeId, String role, Long lagEntries) {

        static Replica of(ClusterDescription.Replica replica) {
            return new Replica(replica.nodeId(), replica.role().name(), orMissing(replica.lagEntries()));
        }
    }

    public record NewLeader(String nodeId) {}

    private static String orMissing(String text) {
        return text.isEmpty() ? null : text;
    }

    private static Long orMissing(OptionalLong value) {
        return value.isPresent() ? (Long) value.getAsLong() : null;
    }
}
