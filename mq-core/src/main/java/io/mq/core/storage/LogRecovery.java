package io.mq.core.storage;

import io.mq.core.file.CorruptFileException;
import io.mq.core.file.Disk;
import io.mq.core.file.NumberedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Brings a log's files to what a checkpoint and the replay after it say. What was written after the checkpoint stays until
 * the replay has found there what was placed; what is left then was never acknowledged.
 *
 * <p>Confined to one thread.
 */
final class LogRecovery {

    private final LogStorage storage;
    private final Path directory;
    private final LogState checkpoint;

    /** Segments that the checkpoint did not know of, by base offset. */
    private final Set<Long> leftovers = new HashSet<>();

    /** Whether the active segment's file holds more than the checkpoint knew of. */
    private boolean hasTail;

    LogRecovery(LogStorage storage, Path directory, LogState checkpoint) {
        this.storage = storage;
        this.directory = directory;
        this.checkpoint = checkpoint;
    }

    /**
     * The segments as the checkpoint knew them.
     *
     * @throws CorruptFileException where less is there than the checkpoint had forced
     */
    LogSegment[] open() throws IOException {
        OpenFiles files = storage.files();
        List<LogSegment> segments = new ArrayList<>();
        for (Path file : storage.disk().list(directory)) {
            if (!LogSegment.isLog(file)) {
                continue;
            }
            long base = NumberedFile.numberOf(file);
            if (base < checkpoint.activeBase()) {
                int size = Math.toIntExact(storage.disk().size(file));
                segments.add(LogSegment.sealed(files, directory, base, size));
            } else if (base > checkpoint.activeBase()) {
                leftovers.add(base);
                // Its indexes point to what may not come again.
                SegmentIndexes.sealed(files, directory, base).delete();
            }
        }
        LogSegment active = LogSegment.active(
                files,
                directory,
                checkpoint.activeBase(),
                checkpoint.activeBytes(),
                checkpoint.end(),
                checkpoint.maxTimeMillis());
        hasTail = requireForced(active) > active.size();
        segments.add(active);
        return segments.toArray(LogSegment[]::new);
    }

    /** Requires what the checkpoint had forced, and answers how many bytes there are. */
    private long requireForced(LogSegment active) throws IOException {
        Disk disk = storage.disk();
        long found = disk.exists(active.file()) ? disk.size(active.file()) : 0;
        if (found < active.size()) {
            throw new CorruptFileException(
                    active.file(),
                    found,
                    "segment file ends here, a checkpoint has forced %d bytes".formatted(active.size()));
        }
        return found;
    }

    /**
     * Gives up what the files hold beyond the replay.
     *
     * @param segments as the replay has left them
     * @param start the first offset that may be read
     * @throws CorruptFileException where a segment that should be there is not: one may be missing only if the log's
     *     start, which the replay has moved, lies behind it
     */
    void complete(LogSegment[] segments, long start) throws IOException {
        LogSegment oldest = segments[0];
        if (oldest.baseOffset() > start) {
            throw new CorruptFileException(
                    oldest.file(),
                    0,
                    "the oldest segment starts at offset %d, but the log at %d".formatted(oldest.baseOffset(), start));
        }
        if (hasTail || !leftovers.isEmpty()) {
            cutBack(segments);
        }
    }

    private void cutBack(LogSegment[] segments) throws IOException {
        for (LogSegment segment : segments) {
            if (segment.baseOffset() >= checkpoint.activeBase()) {
                segment.cutBack();
                leftovers.remove(segment.baseOffset());
            }
        }
        for (long base : leftovers) {
            LogSegment.sealed(storage.files(), directory, base, 0).delete();
        }
    }
}
