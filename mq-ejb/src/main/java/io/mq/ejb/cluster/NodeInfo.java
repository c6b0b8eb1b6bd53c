package io.mq.ejb.cluster;

import io.mq.core.cluster.NodeAddresses;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;

/**
 * What a node says of itself to the others.
 *
 * @param peerId what its replicas are called
 * @param cluster the one it belongs to; empty while it belongs to none
 * @param clusterAddress where it listens for other nodes
 * @param raftAddress where its replicas are reached
 * @param hasData whether it holds anything, be it from a time without a cluster
 * @param isDraining whether it is to lead nothing, because it is about to go
 * @param isFit whether its disk takes messages and it has what the others have
 * @param shards how many it takes its cluster to have
 */
record NodeInfo(
        NodeAddresses addresses,
        String peerId,
        Optional<UUID> cluster,
        String clusterAddress,
        String raftAddress,
        boolean hasData,
        boolean isDraining,
        boolean isFit,
        int shards) {

    String nodeId() {
        return addresses.nodeId();
    }

    boolean isIn(UUID other) {
        return cluster.equals(Optional.of(other));
    }

    /** A leader that cannot take messages keeps others from taking them; one that is behind keeps them from being read. */
    boolean mayLead() {
        return !isDraining && isFit;
    }

    NodeInfo withCluster(UUID joined) {
        return new NodeInfo(
                addresses,
                peerId,
                Optional.of(joined),
                clusterAddress,
                raftAddress,
                hasData,
                isDraining,
                isFit,
                shards);
    }

    NodeInfo withDraining(boolean draining) {
        return new NodeInfo(addresses, peerId, cluster, clusterAddress, raftAddress, hasData, draining, isFit, shards);
    }

    NodeInfo withFitness(boolean fit) {
        return new NodeInfo(addresses, peerId, cluster, clusterAddress, raftAddress, hasData, isDraining, fit, shards);
    }

    void encode(DataOutput out) throws IOException {
        out.writeUTF(addresses.nodeId());
        out.writeUTF(addresses.grpc());
        out.writeUTF(addresses.http());
        out.writeUTF(peerId);
        out.writeUTF(cluster.map(UUID::toString).orElse(""));
        out.writeUTF(clusterAddress);
        out.writeUTF(raftAddress);
        out.writeBoolean(hasData);
        out.writeBoolean(isDraining);
        out.writeBoolean(isFit);
        out.writeInt(shards);
    }

    static NodeInfo decode(DataInput in) throws IOException {
        NodeAddresses addresses = new NodeAddresses(in.readUTF(), in.readUTF(), in.readUTF());
        String peerId = in.readUTF();
        String cluster = in.readUTF();
        return new NodeInfo(
                addresses,
                peerId,
                cluster.isEmpty() ? Optional.empty() : Optional.of(UUID.fromString(cluster)),
                in.readUTF(),
                in.readUTF(),
                in.readBoolean(),
                in.readBoolean(),
                in.readBoolean(),
                in.readInt());
    }
}
