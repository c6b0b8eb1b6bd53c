package io.mq.core.checkpoint;

import io.mq.core.command.LogPosition;
import io.mq.core.file.CheckedFile;
import io.mq.core.file.Disk;
import io.mq.core.file.DiskFile;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.state.StateImage;
import io.mq.core.state.StateImageCodec;
import io.mq.core.storage.LogState;
import io.mq.core.storage.SegmentFile;
import io.mq.core.storage.ShardDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A checkpoint that another node fetches, piece by piece: the state, and the segments that it had forced. While it is
 * open, nothing that belongs to it is deleted.
 *
 * <p>Safe for use by any thread that nobody interrupts.
 */
public final class OutgoingSnapshot implements Closeable {

    private final Disk disk;
    private final long number;
    private final LogPosition position;
    private final Path image;
    private final List<SnapshotPiece> pieces = new ArrayList<>();
    private final List<Path> files = new ArrayList<>();
    private final Runnable onClose;

    /** Guarded by {@code this}. */
    private boolean isClosed;

    private OutgoingSnapshot(Disk disk, long number, LogPosition position, Path image, Runnable onClose) {
        this.disk = disk;
        this.number = number;
        this.position = position;
        this.image = image;
        this.onClose = onClose;
    }

    /**
     * @param number that no other open one has
     * @param onClose lets go what is held for it; it runs also where this fails
     */
    static OutgoingSnapshot of(ShardDirectory directory, StateImage state, long number, Runnable onClose)
            throws IOException {
        Disk disk = directory.disk();
        Path image = directory.outgoing().resolve(Long.toString(number));
        OutgoingSnapshot snapshot = new OutgoingSnapshot(disk, number, state.applied(), image, onClose);
        try {
            disk.createDirectories(directory.outgoing());
            CheckedFile.write(disk, image, out -> StateImageCodec.encode(state, out));
            snapshot.add(SnapshotPiece.IMAGE, image, disk.size(image));
            for (Topic topic : state.topics()) {
                snapshot.addSegments(directory, state, topic);
            }
            return snapshot;
        } catch (IOException | RuntimeException e) {
            snapshot.close();
            throw e;
        }
    }

    private void addSegments(ShardDirectory directory, StateImage state, Topic topic) throws IOException {
        for (int i = 0; i < topic.partitions(); i++) {
            PartitionId partition = topic.partition(i);
            LogState log = state.logs().getOrDefault(partition, LogState.NEW);
            for (SegmentFile segment : SegmentFile.of(disk, directory.partition(topic, partition), log)) {
                add(relative(directory.topics(), segment.file()), segment.file(), segment.bytes());
            }
        }
    }

    private static String relative(Path directory, Path file) {
        return directory
                .relativize(file)
                .toString()
                .replace(file.getFileSystem().getSeparator(), "/");
    }

    private void add(String name, Path file, long bytes) {
        pieces.add(new SnapshotPiece(name, bytes));
        files.add(file);
    }

    /** Which no other one of this process has. */
    public long number() {
        return number;
    }

    /** Of the last command whose effect is included. */
    public LogPosition position() {
        return position;
    }

    public List<SnapshotPiece> pieces() {
        return List.copyOf(pieces);
    }

    /**
     * Reads as much of a piece as there is room for.
     *
     * @param piece its place in the list
     */
    public void read(int piece, long offset, ByteBuffer target) throws IOException {
        long rest = pieces.get(piece).bytes() - offset;
        if (offset < 0 || rest < 0) {
            throw new IOException("piece %d has no byte %d".formatted(piece, offset));
        }
        if (target.remaining() > rest) {
            target.limit(target.position() + (int) rest);
        }
        try (DiskFile file = disk.open(files.get(piece))) {
            file.readFully(target, offset);
        }
        if (target.hasRemaining()) {
            throw new IOException("%s ends before byte %d".formatted(files.get(piece), offset + target.limit()));
        }
    }

    /** May be called twice. */
    @Override
    public synchronized void close() throws IOException {
        if (isClosed) {
            return;
        }
        isClosed = true;
        onClose.run();
        disk.delete(image);
    }
}
