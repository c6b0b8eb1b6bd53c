package io.mq.core.storage;

import io.mq.core.file.CorruptFileException;
import io.mq.core.file.Disk;
import io.mq.core.file.NumberedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A piece of a log that a checkpoint has forced, to be copied.
 *
 * @param bytes that belong to the checkpoint; the file may hold more by now
 */
public record SegmentFile(Path file, long bytes) {

    /**
     * All that a log needs to be opened elsewhere as a checkpoint knew it, but for its indexes, which are made anew.
     *
     * @param directory of the partition
     */
    public static List<SegmentFile> of(Disk disk, Path directory, LogState checkpoint) throws IOException {
        List<SegmentFile> files = new ArrayList<>();
        for (Path file : disk.list(directory)) {
            if (!LogSegment.isLog(file) || NumberedFile.numberOf(file) > checkpoint.activeBase()) {
                continue;
            }
            if (NumberedFile.numberOf(file) <= checkpoint.start()) {
                // Those before it have been given up.
                files.clear();
            }
            if (NumberedFile.numberOf(file) < checkpoint.activeBase()) {
                files.add(new SegmentFile(file, disk.size(file)));
            }
        }
        if (checkpoint.activeBytes() > 0) {
            files.add(
                    new SegmentFile(LogSegment.logFile(directory, checkpoint.activeBase()), checkpoint.activeBytes()));
        }
        return files;
    }

    /**
     * Reads every batch of a copied segment.
     *
     * @throws CorruptFileException for the first that is damaged
     */
    public static void verify(Disk disk, Path file) throws IOException {
        LogInspection.Report report = LogInspection.inspect(disk, file.getParent(), file);
        if (report.damage().isPresent()) {
            throw new CorruptFileException(file, 0, report.damage().get());
        }
    }
}
