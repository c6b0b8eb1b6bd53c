package io.mq.ejb.cluster;

import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import io.mq.core.file.Disk;
import io.mq.core.file.PropertiesFile;
import io.mq.core.storage.DataDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;

/**
 * Who a node is in its cluster, kept in its data directory: a node that has lost the one has lost the other.
 *
 * @param peerId what its replicas are called; made anew with each data directory
 * @param standing how far it has come
 * @param shards how many the cluster has
 */
public record ClusterIdentity(UUID cluster, String nodeId, String peerId, Standing standing, int shards) {

    /** What a node is to its cluster; it only ever goes forward. */
    public enum Standing {
        /** It begins the cluster, and may have begun already. */
        FORMING,
        /** It waits to be made a member. */
        JOINING,
        /** Its replica votes. One that has lost its log since must not vote again under the same name. */
        MEMBER,
        /** It was taken out. */
        REMOVED
    }

    private static final String FILE = "cluster.properties";

    /** @throws StartupException where a data directory belongs to a node of a cluster */
    public static void requireNone(Disk disk, Path directory) {
        load(disk, directory).ifPresent(found -> {
            throw new StartupException(
                    StartupFailure.BAD_CONFIGURATION,
                    "the data directory %s is that of node '%s' of a cluster, which goes on without what a single node would add; start it with --cluster-addr as before, or choose another --data-dir"
                            .formatted(directory, found.nodeId()));
        });
    }

    /**
     * Who the data directory says this node is; empty where it belongs to no cluster yet.
     *
     * @param config which name the node is given, and how many shards its cluster
     * @throws StartupException where it is another node's directory, or of a cluster with another number of shards
     */
    static Optional<ClusterIdentity> load(DataDirectory directory, ClusterConfig config) {
        Optional<ClusterIdentity> stored = load(directory.disk(), directory.root());
        String nodeId = config.nodeId();
        if (stored.isPresent() && stored.get().shards != config.shards()) {
            throw new StartupException(
                    StartupFailure.BAD_CONFIGURATION,
                    "mq.cluster.shards=%d, and the cluster of the data directory %s has %d, which stay what they were when it was formed; start the node with mq.cluster.shards=%d"
                            .formatted(config.shards(), directory.root(), stored.get().shards, stored.get().shards));
        }
        if (stored.isPresent() && !nodeId.isEmpty() && !nodeId.equals(stored.get().nodeId)) {
            throw new StartupException(
                    StartupFailure.BAD_CONFIGURATION,
                    "the data directory %s is that of node '%s' of its cluster, not of '%s'; start it with --node-id %s or choose another --data-dir"
                            .formatted(directory.root(), stored.get().nodeId, nodeId, stored.get().nodeId));
        }
        return stored;
    }

    private static Optional<ClusterIdentity> load(Disk disk, Path directory) {
        Path path = directory.resolve(FILE);
        try {
            if (!disk.exists(path)) {
                return Optional.empty();
            }
            Properties properties = PropertiesFile.read(disk, path);
            return Optional.of(new ClusterIdentity(
                    UUID.fromString(properties.getProperty("cluster", "")),
                    require(properties, "node-id"),
                    require(properties, "peer-id"),
                    Standing.valueOf(require(properties, "standing").toUpperCase(Locale.ROOT)),
                    Integer.parseInt(properties.getProperty("shards", "1"))));
        } catch (IllegalArgumentException e) {
            throw new StartupException(
                    StartupFailure.CORRUPT_DATA,
                    "%s is damaged: expected the keys cluster, node-id, peer-id and standing; restore it, or empty the data directory to let the node join its cluster anew"
                            .formatted(path),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String require(Properties properties, String key) {
        String value = properties.getProperty(key, "");
        if (value.isEmpty()) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return value;
    }

    ClusterIdentity with(Standing reached) {
        return new ClusterIdentity(cluster, nodeId, peerId, reached, shards);
    }

    void save(DataDirectory directory) throws IOException {
        String content = "cluster=%s%nnode-id=%s%npeer-id=%s%nstanding=%s%nshards=%d%n"
                .formatted(cluster, nodeId, peerId, standing.name().toLowerCase(Locale.ROOT), shards);
        directory.disk().replace(directory.root().resolve(FILE), content.getBytes(StandardCharsets.UTF_8));
    }

    /** What the replicas of a node with a new data directory are called. */
    static String newPeerId(String nodeId) {
        return nodeId + "." + UUID.randomUUID().toString().substring(0, 8);
    }

    /** The node that a replica belongs to. */
    static String nodeOf(String peerId) {
        return peerId.substring(0, peerId.lastIndexOf('.'));
    }
}
