package io.mq.grpc;

import io.mq.core.cluster.ClusterDescription;
import io.mq.proto.ClusterNode;
import io.mq.proto.ClusterShard;
import io.mq.proto.ShardReplica;

/** What is said about the cluster, as messages. */
final class ClusterMessages {

    private ClusterMessages() {}

    static io.mq.proto.ClusterDescription toProto(ClusterDescription cluster) {
        io.mq.proto.ClusterDescription.Builder message = io.mq.proto.ClusterDescription.newBuilder()
                .setClusterId(cluster.clusterId().orElse(""))
                .setCoordinator(cluster.coordinator().orElse(""));
        cluster.nodes().forEach(node -> message.addNodes(toProto(node)));
        cluster.shards().forEach(shard -> message.addShards(toProto(shard)));
        return message.build();
    }

    private static ClusterNode toProto(ClusterDescription.Node node) {
        ClusterNode.Builder message = ClusterNode.newBuilder()
                .setNodeId(node.nodeId())
                .setGrpcAddress(node.addresses().grpc())
                .setHttpAddress(node.addresses().http())
                .setPresent(node.isPresent())
                .setDraining(node.isDraining())
                .setVersion(node.version())
                .addAllProblems(node.problems());
        node.usableDiskBytes().ifPresent(message::setUsableDiskBytes);
        return message.build();
    }

    private static ClusterShard toProto(ClusterDescription.Shard shard) {
        ClusterShard.Builder message = ClusterShard.newBuilder()
                .setName(shard.name())
                .setTerm(shard.term())
                .setLeader(shard.leader().orElse(""));
        shard.replicas().forEach(replica -> message.addReplicas(toProto(replica)));
        return message.build();
    }

    private static ShardReplica toProto(ClusterDescription.Replica replica) {
        ShardReplica.Builder message = ShardReplica.newBuilder()
                .setNodeId(replica.nodeId())
                .setRole(
                        switch (replica.role()) {
                            case LEADER -> ShardReplica.Role.LEADER;
                            case FOLLOWER -> ShardReplica.Role.FOLLOWER;
                            case OBSERVER -> ShardReplica.Role.OBSERVER;
                            case ABSENT -> ShardReplica.Role.ABSENT;
                        });
        replica.lagEntries().ifPresent(message::setLagEntries);
        return message.build();
    }
}
