package io.mq.core.journal;

import io.mq.core.file.CorruptFileException;
import io.mq.core.file.Disk;
import io.mq.core.file.DiskFile;
import io.mq.core.file.NumberedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at a journal's files one by one, without judging how they belong together, and changes nothing. */
public final class JournalInspection {

    private JournalInspection() {}

    /**
     * What one file holds.
     *
     * @param firstIndex of the first intact block; 0 where there is none
     * @param nextIndex one more than the last index of all intact blocks
     * @param bytes of all intact blocks
     * @param damage the first place that is not intact and has intact blocks behind it, or a damaged header
     */
    public record Report(Path file, long firstIndex, long nextIndex, int blocks, long bytes, Optional<String> damage) {}

    public static List<Report> inspect(Disk disk, Path directory) throws IOException {
        List<Report> reports = new ArrayList<>();
        for (Path path : JournalDirectory.journalFiles(disk, directory)) {
            try (DiskFile file = disk.open(path)) {
                reports.add(inspect(path, file));
            }
        }
        return reports;
    }

    private static Report inspect(Path path, DiskFile file) throws IOException {
        long salt;
        try {
            salt = JournalFile.readSalt(file, path, NumberedFile.numberOf(path));
        } catch (CorruptFileException e) {
            return new Report(path, 0, 0, 0, 0, Optional.of(e.damage()));
        }
        long end = file.size();
        long firstIndex = 0;
        long nextIndex = 0;
        int blocks = 0;
        long bytes = 0;
        long gapAt = -1;
        Optional<String> damage = Optional.empty();
        for (long at = JournalFile.HEADER_BYTES; at >= 0; ) {
            JournalBlock block = JournalBlock.read(file, at, end, salt);
            if (block == null) {
                gapAt = gapAt < 0 ? at : gapAt;
                at = JournalReplay.nextClaim(file, at + 8, end, salt);
                continue;
            }
            if (gapAt >= 0 && damage.isEmpty()) {
                damage = Optional.of("@%d: no intact block, but one at %d".formatted(gapAt, at));
            }
            firstIndex = blocks == 0 ? block.firstIndex() : firstIndex;
            nextIndex = block.nextIndex();
            blocks++;
            bytes += block.paddedSize();
            at += block.paddedSize();
        }
        return new Report(path, firstIndex, nextIndex, blocks, bytes, damage);
    }
}
