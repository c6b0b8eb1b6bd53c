package io.mq.core.storage;

import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import io.mq.core.file.Disk;
import io.mq.core.file.DiskFullException;
import io.mq.core.file.PropertiesFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The one directory in which a node keeps everything: locked by one process, stamped with the node's id and the
 * version of the formats in it.
 *
 * <table>
 * <caption>Layout</caption>
 * <tr><td>{@code lock}</td><td>held while a node runs</td></tr>
 * <tr><td>{@code node.properties}</td><td>the stamp: format, node-id, created</td></tr>
 * <tr><td>{@code journal/}</td><td>commands since the last checkpoint</td></tr>
 * <tr><td>{@code checkpoint/}</td><td>the checkpoint store's own</td></tr>
 * <tr><td>{@code shards/<shard>/topics/<name>-<id>/<partition>/}</td><td>segments</td></tr>
 * <tr><td>{@code raft/}</td><td>in a cluster: the replicated log, the engine's own</td></tr>
 * <tr><td>{@code incoming/}, {@code outgoing/}</td><td>in a cluster: a checkpoint on its way from or to another
 * node</td></tr>
 * <tr><td>{@code shards/<shard>/checkpoint}, {@code incoming/}, {@code outgoing/}</td><td>the same of shards but the
 * first</td></tr>
 * <tr><td>{@code runtime/}</td><td>what the application server unpacks; may be deleted while no node runs</td></tr>
 * </table>
 */
public final class DataDirectory implements Closeable {

    /** The version of everything below; a change that an older mq could not read raises it. */
    static final int FORMAT = 1;

    private static final String STAMP = "node.properties";
    private static final String LOCK = "lock";

    /** What may lie in a directory that is not stamped yet: a start that was cut off, and the launcher's own. */
    private static final Set<String> BEFORE_STAMP = Set.of(LOCK, STAMP + ".tmp", "runtime", "lost+found");

    private final Disk disk;
    private final Path root;
    private final Closeable lock;
    private final String nodeId;

    private DataDirectory(Disk disk, Path root, Closeable lock, String nodeId) {
        this.disk = disk;
        this.root = root;
        this.lock = lock;
        this.nodeId = nodeId;
    }

    /**
     * Locks a data directory, creating and stamping it where it is new.
     *
     * @param newNodeId names the node at the first start
     * @throws StartupException naming what stands in the way; nothing has changed then
     */
    public static DataDirectory open(Disk disk, Path root, Supplier<String> newNodeId, Instant now) {
        Closeable lock = null;
        try {
            // Before the lock, which leaves a file behind: what is not ours stays as it is.
            requireOurs(disk, root);
            disk.createDirectories(root);
            lock = disk.tryLock(root.resolve(LOCK))
                    .orElseThrow(() -> new StartupException(
                            StartupFailure.DATA_DIRECTORY_IN_USE,
                            "the data directory %s is in use by another mq process; stop it or choose another --data-dir"
                                    .formatted(root)));
            return new DataDirectory(disk, root, lock, readOrWriteStamp(disk, root, newNodeId, now));
        } catch (DiskFullException e) {
            throw closing(lock, new StartupException(StartupFailure.DISK_FULL, e.getMessage(), e));
        } catch (IOException e) {
            throw closing(
                    lock,
                    new StartupException(
                            StartupFailure.DATA_DIRECTORY_UNUSABLE,
                            "cannot use the data directory %s: %s; make it writable for this user or choose another --data-dir"
                                    .formatted(root, e),
                            e));
        } catch (StartupException e) {
            throw closing(lock, e);
        }
    }

    private static StartupException closing(Closeable lock, StartupException failure) {
        try {
            if (lock != null) {
                lock.close();
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    /**
     * The node's id in a data directory that need not be open.
     *
     * @throws StartupException where there is no such directory, or a newer mq wrote it
     */
    public static String nodeId(Disk disk, Path root) throws IOException {
        Path stamp = root.resolve(STAMP);
        if (!disk.exists(stamp)) {
            throw new StartupException(
                    StartupFailure.DATA_DIRECTORY_UNUSABLE,
                    "%s has no %s, so it is no mq data directory; give the one that a node was started with"
                            .formatted(root, STAMP));
        }
        return readStamp(disk, stamp);
    }

    private static void requireOurs(Disk disk, Path root) throws IOException {
        Path stamp = root.resolve(STAMP);
        if (disk.exists(stamp)) {
            readStamp(disk, stamp);
        } else {
            requireNothingForeign(disk, root);
        }
    }

    private static String readOrWriteStamp(Disk disk, Path root, Supplier<String> newNodeId, Instant now)
            throws IOException {
        Path stamp = root.resolve(STAMP);
        if (disk.exists(stamp)) {
            return readStamp(disk, stamp);
        }
        String nodeId = newNodeId.get();
        String content = "format=%d%nnode-id=%s%ncreated=%s%n".formatted(FORMAT, nodeId, now);
        disk.replace(stamp, content.getBytes(StandardCharsets.UTF_8));
        return nodeId;
    }

    private static String readStamp(Disk disk, Path stamp) throws IOException {
        Properties properties;
        try {
            properties = PropertiesFile.read(disk, stamp);
        } catch (IllegalArgumentException e) {
            throw damaged(stamp);
        }
        String format = properties.getProperty("format", "");
        String nodeId = properties.getProperty("node-id", "");
        if (!format.matches("\\d{1,9}") || nodeId.isEmpty()) {
            throw damaged(stamp);
        }
        if (Integer.parseInt(format) > FORMAT) {
            throw new StartupException(
                    StartupFailure.NEWER_DATA_FORMAT,
                    "%s says data format %s, this mq reads up to %d; start the newer mq that wrote it"
                            .formatted(stamp, format, FORMAT));
        }
        return nodeId;
    }

    private static StartupException damaged(Path stamp) {
        return new StartupException(
                StartupFailure.CORRUPT_DATA,
                "%s is damaged: expected the keys format and node-id; restore it from a copy".formatted(stamp));
    }

    private static void requireNothingForeign(Disk disk, Path root) throws IOException {
        Optional<Path> foreign = disk.list(root).stream()
                .filter(entry -> !BEFORE_STAMP.contains(entry.getFileName().toString()))
                .findFirst();
        if (foreign.isPresent()) {
            throw new StartupException(
                    StartupFailure.DATA_DIRECTORY_UNUSABLE,
                    "%s is not empty (%s) and has no %s, so it is no mq data directory; choose another --data-dir"
                            .formatted(root, foreign.get().getFileName(), STAMP));
        }
    }

    public String nodeId() {
        return nodeId;
    }

    public Path root() {
        return root;
    }

    /** Where a node of a cluster has its part of the replicated logs. */
    public Path raft() {
        return root.resolve("raft");
    }

    /** Where is what belongs to a shard; a node without a cluster has the first alone. */
    public ShardDirectory shard(int shard) {
        return new ShardDirectory(disk, root, shard);
    }

    /** Where the shards are that a data directory, which need not be open, has something of, in their order. */
    public static List<ShardDirectory> shards(Disk disk, Path root) throws IOException {
        return disk.list(root.resolve("shards")).stream()
                .map(path -> path.getFileName().toString())
                .filter(name -> name.matches("\\d{1,4}"))
                .map(Integer::valueOf)
                .sorted()
                .map(shard -> new ShardDirectory(disk, root, shard))
                .toList();
    }

    public Disk disk() {
        return disk;
    }

    /** Bytes that may still be written. */
    public long usableBytes() throws IOException {
        return disk.usableBytes(root);
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
