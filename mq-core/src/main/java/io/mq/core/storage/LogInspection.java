package io.mq.core.storage;

import io.mq.core.file.CorruptFileException;
import io.mq.core.file.Disk;
import io.mq.core.file.NumberedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at a partition's segments one by one, reads every batch in them, and changes nothing. */
public final class LogInspection {

    /** Read between two looks at how far it is. */
    private static final int STEP_BYTES = 16 << 20;

    private LogInspection() {}

    /**
     * What one segment holds.
     *
     * @param bytes of the file
     * @param damage the first damaged place
     */
    public record Report(Path file, long baseOffset, long bytes, Optional<String> damage) {}

    /** @param directory of one partition */
    public static List<Report> inspect(Disk disk, Path directory) throws IOException {
        List<Report> reports = new ArrayList<>();
        try (OpenFiles files = new OpenFiles(disk, 1)) {
            for (Path file : disk.list(directory)) {
                if (LogSegment.isLog(file)) {
                    reports.add(inspect(files, directory, file));
                }
            }
        }
        return reports;
    }

    /** @param file one segment of the directory */
    static Report inspect(Disk disk, Path directory, Path file) throws IOException {
        try (OpenFiles files = new OpenFiles(disk, 1)) {
            return inspect(files, directory, file);
        }
    }

    private static Report inspect(OpenFiles files, Path directory, Path file) throws IOException {
        long base = NumberedFile.numberOf(file);
        long bytes = files.disk().size(file);
        LogSegment segment = LogSegment.sealed(files, directory, base, Math.toIntExact(bytes));
        try {
            for (int at = 0; at < bytes; ) {
                at = segment.verify(at, STEP_BYTES);
            }
            return new Report(file, base, bytes, Optional.empty());
        } catch (CorruptFileException e) {
            return new Report(file, base, bytes, Optional.of(e.damage()));
        }
    }
}
