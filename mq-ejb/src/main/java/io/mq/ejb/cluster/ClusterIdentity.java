package io.mq.ejb.cluster;

import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import io.mq.core.file.Disk;
import io.mq.core.file.DiskFile;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;

/**
 * Who a node is in its cluster, kept in its data directory: a node that has lost the one has lost the other.
 *
 * @param peerId what its replicas are called; made anew with each data directory
 */
record ClusterIdentity(UUID cluster, String nodeId, String peerId) {

    private static final String FILE = "cluster.properties";

    /** Empty where the directory belongs to no cluster yet. */
    static Optional<ClusterIdentity> load(Disk disk, Path directory) throws IOException {
        Path path = directory.resolve(FILE);
        if (!disk.exists(path)) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        try (DiskFile file = disk.open(path)) {
            ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(file.size()));
            file.readFully(content, 0);
            properties.load(new StringReader(
                    StandardCharsets.UTF_8.decode(content.flip()).toString()));
            return Optional.of(new ClusterIdentity(
                    UUID.fromString(properties.getProperty("cluster", "")),
                    require(properties, "node-id"),
                    require(properties, "peer-id")));
        } catch (IllegalArgumentException e) {
            throw new StartupException(
                    StartupFailure.CORRUPT_DATA,
                    "%s is damaged: expected the keys cluster, node-id and peer-id; restore it, or empty the data directory to let the node join its cluster anew"
                            .formatted(path),
                    e);
        }
    }

    private static String require(Properties properties, String key) {
        String value = properties.getProperty(key, "");
        if (value.isEmpty()) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return value;
    }

    void save(Disk disk, Path directory) throws IOException {
        String content = "cluster=%s%nnode-id=%s%npeer-id=%s%n".formatted(cluster, nodeId, peerId);
        disk.replace(directory.resolve(FILE), content.getBytes(StandardCharsets.UTF_8));
    }

    /** The node that a replica belongs to. */
    static String nodeOf(String peerId) {
        return peerId.substring(0, peerId.lastIndexOf('.'));
    }
}
