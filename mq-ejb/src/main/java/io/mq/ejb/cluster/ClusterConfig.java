package io.mq.ejb.cluster;

import io.mq.core.cluster.NodeAddresses;
import io.mq.core.config.ClusterSeeds;
import io.mq.core.config.Configuration;
import io.mq.core.config.Setting;
import io.mq.core.config.Settings;
import io.mq.core.config.SocketAddresses.HostAndPort;
import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a node is told of its cluster.
 *
 * @param nodeId empty where the node is to have one that is made up
 * @param address where the other nodes reach this one; the port behind it is the replicas'
 * @param seeds nodes that know the cluster; this one where there are no others
 * @param size how many nodes form a cluster where there is none yet
 * @param shards how many the cluster has
 * @param replicationFactor how many replicas of each are to vote
 * @param stack of JGroups; empty for the one that comes with mq
 * @param snapshotBytesPerSecond how fast this node may take over what others have
 * @param grpc where clients and the other nodes reach its gRPC server
 * @param http where they reach its REST API
 * @param certificates empty where the nodes speak to each other without TLS
 */
public record ClusterConfig(
        String nodeId,
        HostAndPort address,
        ClusterSeeds seeds,
        int size,
        int shards,
        int replicationFactor,
        Optional<Path> stack,
        Duration electionTimeout,
        long snapshotBytesPerSecond,
        HostAndPort grpc,
        HostAndPort http,
        Optional<NodeCertificates> certificates) {

    /**
     * Empty where the node is to belong to no cluster.
     *
     * @throws StartupException where the other nodes could not reach what clients reach, or TLS is not set up rightly
     */
    public static Optional<ClusterConfig> from(Configuration configuration) {
        return configuration.get(Settings.CLUSTER_ADDR).map(address -> from(configuration, address));
    }

    private static ClusterConfig from(Configuration configuration, HostAndPort address) {
        ClusterSeeds seeds = seeds(configuration, address);
        return new ClusterConfig(
                configuration.get(Settings.NODE_ID),
                address,
                seeds,
                size(configuration, seeds),
                configuration.get(Settings.CLUSTER_SHARDS),
                configuration.get(Settings.CLUSTER_REPLICATION_FACTOR),
                configuration.get(Settings.CLUSTER_STACK),
                configuration.get(Settings.CLUSTER_ELECTION_TIMEOUT),
                configuration.get(Settings.CLUSTER_SNAPSHOT_BYTES_PER_SECOND),
                reachable(configuration, Settings.ADDR, address),
                reachable(configuration, Settings.HTTP_ADDR, address),
                NodeCertificates.from(configuration, address));
    }

    private static ClusterSeeds seeds(Configuration configuration, HostAndPort address) {
        ClusterSeeds given = configuration.get(Settings.CLUSTER_SEEDS);
        given.name().filter(name -> name.port() != address.port()).ifPresent(name -> {
            throw new StartupException(
                    StartupFailure.BAD_CONFIGURATION,
                    "mq.cluster.seeds=dns:%s has another port than mq.cluster.addr=%s; the DNS knows no ports, so all nodes of a name need the same"
                            .formatted(name, address));
        });
        return given.name().isEmpty() && given.addresses().isEmpty() ? ClusterSeeds.of(List.of(address)) : given;
    }

    private static int size(Configuration configuration, ClusterSeeds seeds) {
        Optional<Integer> given = configuration.get(Settings.CLUSTER_SIZE);
        if (seeds.name().isPresent()) {
            return given.orElseThrow(() -> new StartupException(
                    StartupFailure.BAD_CONFIGURATION,
                    "mq.cluster.seeds=dns:%s does not say how many nodes there will be; say by mq.cluster.size (--cluster-size) how many form the cluster, such as 3"
                            .formatted(seeds.name().get())));
        }
        int listed = seeds.addresses().size();
        if (given.isPresent() && given.get() != listed) {
            throw new StartupException(
                    StartupFailure.BAD_CONFIGURATION,
                    "mq.cluster.size=%d is not the number of nodes in mq.cluster.seeds, %d; all of those form the cluster: list them all, or leave mq.cluster.size away"
                            .formatted(given.get(), listed));
        }
        return listed;
    }

    private static HostAndPort reachable(
            Configuration configuration, Setting<HostAndPort> setting, HostAndPort address) {
        HostAndPort given = configuration.get(setting);
        if (given.port() == 0) {
            throw bad(
                    setting,
                    given,
                    "has a port that nobody knows beforehand",
                    new HostAndPort(given.host(), usualPort(setting)));
        }
        if (given.host().isEmpty() || isAny(given.host())) {
            return new HostAndPort(address.host(), given.port());
        }
        if (!configuration.isGiven(setting) && isLoopback(address.host())) {
            // By default it listens on both addresses of the loopback interface, or has only one.
            return new HostAndPort(address.host(), given.port());
        }
        if (isLoopback(given.host()) && !isLoopback(address.host())) {
            throw bad(
                    setting,
                    given,
                    "is reached from this machine alone, unlike mq.cluster.addr=" + address,
                    new HostAndPort(address.host(), given.port()));
        }
        return given;
    }

    private static int usualPort(Setting<HostAndPort> setting) {
        return setting.parser().apply(setting.defaultText()).port();
    }

    private static StartupException bad(
            Setting<HostAndPort> setting, HostAndPort given, String complaint, HostAndPort better) {
        return new StartupException(
                StartupFailure.BAD_CONFIGURATION,
                "%s=%s %s; the other nodes of the cluster pass calls on to it: give one that they reach, such as %s"
                        .formatted(setting.key(), given, complaint, better));
    }

    private static boolean isAny(String host) {
        return host.equals("0.0.0.0") || host.equals("::");
    }

    /** A name that nobody knows is none. */
    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Where the node's replicas listen. */
    HostAndPort raft() {
        return new HostAndPort(address.host(), address.port() + 1);
    }

    NodeAddresses addresses(String effectiveNodeId) {
        return new NodeAddresses(effectiveNodeId, grpc.toString(), http.toString());
    }
}
