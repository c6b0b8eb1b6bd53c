package io.mq.ejb.cluster;

import io.mq.core.config.ClusterSeeds;
import io.mq.core.config.SocketAddresses.HostAndPort;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Nodes on the loopback interface, as far as their channels are concerned. */
final class ClusterConfigs {

    private ClusterConfigs() {}

    static ClusterConfig plain(String nodeId, HostAndPort address, List<HostAndPort> seeds) {
        return of(nodeId, address, ClusterSeeds.of(seeds), seeds.size(), Optional.empty());
    }

    /** With a name that the DNS has the addresses of all nodes for. */
    static ClusterConfig named(String nodeId, HostAndPort address, String name, int size) {
        ClusterSeeds seeds = new ClusterSeeds(List.of(), Optional.of(new HostAndPort(name, address.port())));
        return of(nodeId, address, seeds, size, Optional.empty());
    }

    static ClusterConfig encrypted(
            String nodeId, HostAndPort address, List<HostAndPort> seeds, Optional<NodeCertificates> certificates) {
        return of(nodeId, address, ClusterSeeds.of(seeds), seeds.size(), certificates);
    }

    private static ClusterConfig of(
            String nodeId, HostAndPort address, ClusterSeeds seeds, int size, Optional<NodeCertificates> certificates) {
        return new ClusterConfig(
                nodeId,
                address,
                seeds,
                size,
                1,
                3,
                Optional.empty(),
                Duration.ofMillis(500),
                100 << 20,
                address,
                address,
                certificates);
    }

    /** The same, of a cluster that has so many shards. */
    static ClusterConfig withShards(ClusterConfig config, int shards) {
        return copy(config, shards, config.snapshotBytesPerSecond());
    }

    /** The same, of a node that takes over no more a second. */
    static ClusterConfig withSnapshotBytesPerSecond(ClusterConfig config, long bytes) {
        return copy(config, config.shards(), bytes);
    }

    private static ClusterConfig copy(ClusterConfig config, int shards, long snapshotBytesPerSecond) {
        return new ClusterConfig(
                config.nodeId(),
                config.address(),
                config.seeds(),
                config.size(),
                shards,
                config.replicationFactor(),
                config.stack(),
                config.electionTimeout(),
                snapshotBytesPerSecond,
                config.grpc(),
                config.http(),
                config.certificates());
    }
}
