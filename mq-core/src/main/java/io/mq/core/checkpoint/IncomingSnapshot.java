package io.mq.core.checkpoint;

import io.mq.core.file.CheckedFile;
import io.mq.core.file.CorruptFileException;
import io.mq.core.file.Disk;
import io.mq.core.file.DiskFile;
import io.mq.core.state.StateImage;
import io.mq.core.state.StateImageCodec;
import io.mq.core.storage.SegmentFile;
import io.mq.core.storage.ShardDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Another node's checkpoint as it arrives, beside what this node has, and then in its place. What has arrived is kept
 * when it is cut off: replicas have the same segments, so the next attempt goes on with them, whoever sends.
 *
 * <h2>Durability</h2>
 * Once {@link #accept} has returned, this node has the new state, even if it stops before or in the middle of
 * {@link #finish}, which is called at each start, too, and does what is left.
 *
 * <p>One thread at a time, which nobody interrupts.
 */
public final class IncomingSnapshot {

    /** There is everything, checked and forced. */
    private static final String COMPLETE = "complete";

    /** What was here before has been deleted. */
    private static final String CLEARED = "cleared";

    private static final String SEGMENTS = "topics";

    private final Disk disk;
    private final Path root;
    private final List<SnapshotPiece> pieces;

    private IncomingSnapshot(ShardDirectory directory, List<SnapshotPiece> pieces) {
        this.disk = directory.disk();
        this.root = directory.incoming();
        this.pieces = pieces;
    }

    /** Begins, or goes on with what has arrived already. */
    public static IncomingSnapshot begin(ShardDirectory directory, List<SnapshotPiece> pieces) throws IOException {
        IncomingSnapshot snapshot = new IncomingSnapshot(directory, List.copyOf(pieces));
        snapshot.prepare();
        return snapshot;
    }

    private void prepare() throws IOException {
        disk.createDirectories(segments());
        disk.delete(root.resolve(CLEARED));
        disk.delete(root.resolve(SnapshotPiece.IMAGE));
        disk.forceDirectory(root);
        deleteWhatIsNoPart();
    }

    private void deleteWhatIsNoPart() throws IOException {
        Map<Path, Long> parts = new HashMap<>();
        pieces.forEach(piece -> parts.put(file(piece), piece.bytes()));
        for (Path partition : partitions(disk, segments())) {
            for (Path segment : disk.list(partition)) {
                Long bytes = parts.get(segment);
                if (bytes == null || disk.size(segment) > bytes) {
                    disk.delete(segment);
                }
            }
        }
    }

    /** The directories of all partitions of which anything has arrived. */
    private static List<Path> partitions(Disk disk, Path segments) throws IOException {
        List<Path> partitions = new ArrayList<>();
        for (Path topic : disk.list(segments)) {
            partitions.addAll(disk.list(topic));
        }
        return partitions;
    }

    private Path segments() {
        return root.resolve(SEGMENTS);
    }

    private Path file(SnapshotPiece piece) {
        return piece.isImage() ? root.resolve(piece.name()) : segments().resolve(piece.name());
    }

    public List<SnapshotPiece> pieces() {
        return pieces;
    }

    /** How many bytes of a piece have arrived. */
    public long arrived(int piece) throws IOException {
        Path file = file(pieces.get(piece));
        return disk.exists(file) ? disk.size(file) : 0;
    }

    /** Adds what follows the bytes that have arrived. */
    public void append(int piece, ByteBuffer bytes) throws IOException {
        Path path = file(pieces.get(piece));
        disk.createDirectories(path.getParent());
        try (DiskFile file = disk.exists(path) ? disk.open(path) : disk.create(path)) {
            file.writeFully(bytes, file.size());
        }
    }

    /**
     * Checks everything and makes it durable.
     *
     * @return the state that has arrived
     * @throws CorruptFileException where something has not arrived as it was stored; all of that is deleted, to be fetched
     *     again
     */
    StateImage check() throws IOException {
        CorruptFileException damage = null;
        for (SnapshotPiece piece : pieces) {
            try {
                check(piece);
            } catch (CorruptFileException e) {
                disk.delete(file(piece));
                damage = e;
            }
        }
        if (damage != null) {
            throw damage;
        }
        return image(disk, root);
    }

    private void check(SnapshotPiece piece) throws IOException {
        Path path = file(piece);
        try (DiskFile file = disk.open(path)) {
            if (file.size() != piece.bytes()) {
                throw new IOException(
                        "%d of %d bytes of %s have arrived".formatted(file.size(), piece.bytes(), piece.name()));
            }
            file.force();
        }
        disk.forceDirectory(path.getParent());
        if (!piece.isImage()) {
            SegmentFile.verify(disk, path);
        }
    }

    /** Says that what was checked is what this node is to have. */
    void accept() throws IOException {
        disk.replace(root.resolve(COMPLETE), COMPLETE.getBytes(StandardCharsets.UTF_8));
    }

    /** Deletes what has arrived: it is not needed. */
    void discard() throws IOException {
        disk.deleteTree(root);
    }

    private static StateImage image(Disk disk, Path root) throws IOException {
        return CheckedFile.read(disk, root.resolve(SnapshotPiece.IMAGE), StateImageCodec::decode);
    }

    /**
     * Puts what was {@linkplain #accept accepted} in the place of what this node has, of which nobody may use anything
     * meanwhile; where there is no such thing, it does nothing.
     */
    public static void finish(ShardDirectory directory, CheckpointStore store) throws IOException {
        Disk disk = directory.disk();
        Path root = directory.incoming();
        if (!disk.exists(root.resolve(COMPLETE))) {
            return;
        }
        if (!disk.exists(root.resolve(CLEARED))) {
            disk.deleteTree(directory.topics());
            disk.replace(root.resolve(CLEARED), CLEARED.getBytes(StandardCharsets.UTF_8));
        }
        move(directory, root.resolve(SEGMENTS));
        store.replace(image(disk, root));
        // Without it the rest is what an attempt has left that was cut off.
        disk.delete(root.resolve(COMPLETE));
        disk.forceDirectory(root);
        disk.deleteTree(root);
    }

    private static void move(ShardDirectory directory, Path segments) throws IOException {
        Disk disk = directory.disk();
        for (Path partition : partitions(disk, segments)) {
            Path target =
                    directory.topics().resolve(segments.relativize(partition).toString());
            disk.createDirectories(target);
            for (Path segment : disk.list(partition)) {
                disk.rename(segment, target.resolve(segment.getFileName()));
            }
            disk.forceDirectory(target);
        }
    }
}
