package io.mq.core.journal;

import io.mq.core.file.Disk;
import io.mq.core.file.DiskFile;
import io.mq.core.file.NumberedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The names and lives of the journal's files. {@code <sequence>.journal} holds, or will hold, commands;
 * {@code <sequence>.spare} is a released one that waits for its next life, so that a new file costs no allocation.
 *
 * <p>Not thread-safe; {@link FileJournal} guards it.
 */
final class JournalDirectory {

    private static final String JOURNAL = ".journal";
    private static final String SPARE = ".spare";

    /** More spares than this give their disk back: one in use, one prepared and one spare keep a steady load going. */
    private static final int SPARES_MAX = 1;

    private static final int ZEROS_BYTES = 1 << 20;

    private final Disk disk;
    private final Path directory;
    private final int fileBytes;
    private final RandomGenerator salts;

    JournalDirectory(Disk disk, Path directory, int fileBytes, RandomGenerator salts) {
        this.disk = disk;
        this.directory = directory;
        this.fileBytes = fileBytes;
        this.salts = salts;
    }

    /** The files that may hold commands, oldest first. */
    static List<Path> journalFiles(Disk disk, Path directory) throws IOException {
        return withSuffix(disk, directory, JOURNAL);
    }

    /**
     * Makes a file ready to be written: preallocated, with its header, forced, under its name. The order matters: each
     * step is durable before the next, so that a crash leaves a spare or a complete file.
     */
    JournalFile prepare(long sequence) throws IOException {
        Path spare = directory.resolve(NumberedFile.name(sequence, SPARE));
        List<Path> spares = withSuffix(disk, directory, SPARE);
        if (!spares.isEmpty()) {
            spare = spares.get(0);
        }
        try (DiskFile file = disk.exists(spare) ? disk.open(spare) : disk.create(spare)) {
            preallocate(file);
            JournalFile.format(file, sequence, salts.nextLong());
        }
        Path named = directory.resolve(NumberedFile.name(sequence, JOURNAL));
        disk.rename(spare, named);
        disk.forceDirectory(directory);
        return JournalFile.open(disk, named, sequence);
    }

    private void preallocate(DiskFile file) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate(Math.min(ZEROS_BYTES, fileBytes));
        if (file.size() > fileBytes) {
            file.truncate(fileBytes);
        }
        for (long at = file.size(); at < fileBytes; at += zeros.limit()) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), fileBytes - at));
            file.writeFully(zeros, at);
        }
    }

    /** Takes a file out of the journal, durably, and keeps or deletes it. */
    void retire(Path file) throws IOException {
        Path spare = directory.resolve(NumberedFile.name(NumberedFile.numberOf(file), SPARE));
        disk.rename(file, spare);
        disk.forceDirectory(directory);
        List<Path> spares = new ArrayList<>(withSuffix(disk, directory, SPARE));
        while (spares.size() > SPARES_MAX) {
            disk.delete(spares.remove(0));
        }
    }

    private static List<Path> withSuffix(Disk disk, Path directory, String suffix) throws IOException {
        return disk.list(directory).stream()
                .filter(file -> NumberedFile.hasSuffix(file, suffix))
                .toList();
    }
}
