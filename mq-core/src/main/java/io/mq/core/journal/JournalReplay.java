package io.mq.core.journal;

import io.mq.core.command.Command;
import io.mq.core.command.StateMachine;
import io.mq.core.error.BrokerException;
import io.mq.core.file.CorruptFileException;
import io.mq.core.file.Disk;
import io.mq.core.file.DiskFile;
import io.mq.core.file.NumberedFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads the journal from the oldest file to the newest and applies what the checkpoint does not hold yet.
 *
 * <p>Recovery rule. Blocks follow each other without a gap in their indexes, across files. Where a block is not intact,
 * nothing but an unacknowledged round may have been there: if any intact block of the same file or a later one carries
 * an index beyond the gap, something acknowledged is missing, and the replay refuses. Otherwise the journal ends there.
 * It also refuses when the last file ends with an end mark, which is written only when the next file is there, and when
 * the journal ends, or has no file at all, below what the checkpoint has applied: then the journal is not the one that
 * belongs to the checkpoint.
 */
public final class JournalReplay {

    private static final int SCAN_BYTES = 1 << 16;

    private final Disk disk;
    private final Path directory;
    private final StateMachine stateMachine;

    /** The index that must come next. */
    private long expectedIndex;

    /** One more than the highest index that the journal is known to have reached. */
    private long reachedIndex;

    private long commands;
    private long bytes;

    /** Where the first block since the last intact one is missing; null while there is none. */
    private Place gap;

    /** Where the file that was read last has its end mark; null where it has none. */
    private Place endMark;

    private record Place(Path file, long position) {}

    /**
     * What a replay did.
     *
     * @param nextIndex the index that the next command gets
     */
    public record Result(long nextIndex, long commands, long bytes) {}

    private JournalReplay(Disk disk, Path directory, long appliedIndex, StateMachine stateMachine) {
        this.disk = disk;
        this.directory = directory;
        this.stateMachine = stateMachine;
        this.expectedIndex = appliedIndex + 1;
    }

    /**
     * Reads everything that {@link #run} would read and applies nothing, so that a damaged journal is found before
     * anything on disk is changed for its replay.
     *
     * @throws CorruptFileException as {@link #run} would
     */
    public static void check(Disk disk, Path directory, long appliedIndex) throws IOException {
        run(disk, directory, appliedIndex, new Unmoved());
    }

    /** Applies nothing. */
    private static final class Unmoved implements StateMachine {

        @Override
        public <R> R apply(long index, Command<R> command) {
            return null;
        }

        @Override
        public boolean flush() {
            return true;
        }
    }

    /**
     * Applies all commands after {@code appliedIndex}.
     *
     * @throws CorruptFileException where something acknowledged cannot be read; nothing on disk has changed then
     */
    public static Result run(Disk disk, Path directory, long appliedIndex, StateMachine stateMachine)
            throws IOException {
        return new JournalReplay(disk, directory, appliedIndex, stateMachine).run();
    }

    private Result run() throws IOException {
        long appliedIndex = expectedIndex - 1;
        List<Path> files = JournalDirectory.journalFiles(disk, directory);
        for (Path path : files) {
            try (DiskFile file = disk.open(path)) {
                replay(path, file);
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }
        if (endMark != null) {
            throw new CorruptFileException(
                    endMark.file,
                    endMark.position,
                    "the journal goes on behind this end mark, but the next file is missing");
        }
        if (appliedIndex > 0 && reachedIndex <= appliedIndex) {
            Path last = files.isEmpty() ? directory : files.get(files.size() - 1);
            throw new CorruptFileException(
                    last,
                    0,
                    "the journal ends before index %d, but the checkpoint has applied index %d"
                            .formatted(reachedIndex, appliedIndex));
        }
        return new Result(expectedIndex, commands, bytes);
    }

    private void replay(Path path, DiskFile file) throws IOException {
        long salt = JournalFile.readSalt(file, path, NumberedFile.numberOf(path));
        long end = file.size();
        long at = JournalFile.HEADER_BYTES;
        endMark = null;
        while (at >= 0) {
            JournalBlock block = JournalBlock.read(file, at, end, salt);
            if (block == null) {
                gap = gap == null ? new Place(path, at) : gap;
                at = nextClaim(file, at + 8, end, salt);
                continue;
            }
            apply(path, at, block);
            if (block.kind() == JournalBlock.END) {
                endMark = new Place(path, at);
                return;
            }
            at += block.paddedSize();
        }
    }

    private void apply(Path path, long at, JournalBlock block) throws IOException {
        if (block.firstIndex() > expectedIndex) {
            Place missing = gap == null ? new Place(path, at) : gap;
            throw new CorruptFileException(
                    missing.file,
                    missing.position,
                    "journal block: expected index %d, found no intact block before index %d (%s@%d)"
                            .formatted(expectedIndex, block.firstIndex(), path.getFileName(), at));
        }
        gap = null;
        reachedIndex = Math.max(reachedIndex, block.nextIndex());
        if (block.nextIndex() <= expectedIndex) {
            return;
        }
        block.forEachCommand(this::apply);
        expectedIndex = block.nextIndex();
        bytes += block.paddedSize();
        stateMachine.flush();
    }

    private void apply(Command<?> command, long index) {
        if (index < expectedIndex) {
            return;
        }
        commands++;
        try {
            stateMachine.apply(index, command);
        } catch (BrokerException refused) {
            // It was refused the first time too; the answer has gone to the client of then.
        }
    }

    /** The next place at which the file claims to have a block, or -1. */
    static long nextClaim(DiskFile file, long from, long end, long salt) throws IOException {
        ByteBuffer window = ByteBuffer.allocate(SCAN_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long at = from; at + JournalBlock.HEADER_BYTES <= end; ) {
            window.clear();
            int read = file.readFully(window, at);
            int last = read - JournalBlock.HEADER_BYTES;
            for (int i = 0; i <= last; i += 8) {
                if (JournalBlock.isClaimedAt(window, i, salt)) {
                    return at + i;
                }
            }
            at += Math.max(8, (last & ~7) + 8);
        }
        return -1;
    }
}
