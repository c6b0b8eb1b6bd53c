package io.mq.core.journal;

import io.mq.core.file.Disk;
import io.mq.core.file.DiskFullException;
import io.mq.core.file.NumberedFile;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * The journal's files as the writer sees them: one that is written, one that is prepared while the other fills, and the
 * full ones that wait for a checkpoint.
 *
 * <p>The writer's methods belong to the writer's thread; {@link #release} may be called by any.
 */
final class JournalFiles implements Closeable {

    private static final Logger LOG = System.getLogger(JournalFiles.class.getName());

    private final JournalDirectory directory;
    private final Executor housekeeping;
    private final AtomicLong bytesWritten = new AtomicLong();

    /** Guarded by {@code this}. Full files, oldest first. */
    private final Deque<FullFile> full = new ArrayDeque<>();

    /** Guarded by {@code this}. Whether the current file can prove, by a block on disk, which index follows the full ones. */
    private boolean isCurrentProven;

    /** Owned by the writer. */
    private JournalFile current;

    /** Owned by the writer. The next file; empty where the disk had no room for it. */
    private CompletableFuture<Optional<JournalFile>> prepared;

    /** Owned by the writer. */
    private long lastIndex;

    private record FullFile(Path path, long lastIndex) {}

    private JournalFiles(JournalDirectory directory, Executor housekeeping, JournalFile current, long lastIndex) {
        this.directory = directory;
        this.housekeeping = housekeeping;
        this.current = current;
        this.lastIndex = lastIndex;
    }

    /** Starts a new file and gives up all older ones, which the caller's checkpoint has made superfluous. */
    static JournalFiles open(
            Disk disk, Path path, int fileBytes, long nextIndex, Executor housekeeping, RandomGenerator salts)
            throws IOException {
        disk.createDirectories(path);
        JournalDirectory directory = new JournalDirectory(disk, path, fileBytes, salts);
        List<Path> old = JournalDirectory.journalFiles(disk, path);
        long sequence = old.isEmpty() ? 1 : NumberedFile.numberOf(old.get(old.size() - 1)) + 1;
        JournalFile current = directory.prepare(sequence);
        current.append(JournalBlock.mark(current.salt(), nextIndex, JournalBlock.START));
        current.force();
        for (Path file : old) {
            directory.retire(file);
        }
        JournalFiles files = new JournalFiles(directory, housekeeping, current, nextIndex - 1);
        files.isCurrentProven = true;
        files.prepareNext();
        return files;
    }

    JournalFile current() {
        return current;
    }

    /**
     * Moves on to the next file where the current one cannot take a block of this size.
     *
     * @return false where a next file is needed and the disk has no room for one; nothing has changed then
     */
    boolean ensureRoomFor(int blockBytes, long nextIndex) throws IOException {
        if (current.hasRoomFor(blockBytes)) {
            return true;
        }
        Optional<JournalFile> next = takePrepared();
        if (next.isEmpty()) {
            return false;
        }
        current.append(JournalBlock.mark(current.salt(), nextIndex, JournalBlock.END));
        current.force();
        current.close();
        synchronized (this) {
            full.add(new FullFile(current.path(), lastIndex));
            isCurrentProven = false;
        }
        current = next.get();
        current.append(JournalBlock.mark(current.salt(), nextIndex, JournalBlock.START));
        prepareNext();
        return true;
    }

    /**
     * Notes that a block up to {@code index} is on disk.
     *
     * @param bytes what a replay of it reads
     */
    void forced(int bytes, long index) {
        lastIndex = index;
        bytesWritten.addAndGet(bytes);
        synchronized (this) {
            isCurrentProven = true;
        }
    }

    long bytesWritten() {
        return bytesWritten.get();
    }

    private void prepareNext() {
        long sequence = current.sequence() + 1;
        prepared = CompletableFuture.supplyAsync(() -> prepare(sequence), housekeeping);
    }

    private Optional<JournalFile> prepare(long sequence) {
        synchronized (directory) {
            try {
                return Optional.of(directory.prepare(sequence));
            } catch (DiskFullException e) {
                return Optional.empty();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private Optional<JournalFile> takePrepared() throws IOException {
        try {
            if (prepared.join().isEmpty()) {
                // There was no room then; there may be now. Any other failure is final, as that of a write is.
                prepareNext();
            }
            return prepared.join();
        } catch (CompletionException e) {
            throw new IOException("could not prepare the next journal file", e.getCause());
        }
    }

    void release(long throughIndex) {
        housekeeping.execute(() -> {
            for (FullFile file = pollReleased(throughIndex); file != null; file = pollReleased(throughIndex)) {
                retire(file.path);
            }
        });
    }

    private synchronized FullFile pollReleased(long throughIndex) {
        FullFile oldest = full.peek();
        boolean isReleased = oldest != null && oldest.lastIndex <= throughIndex && (full.size() > 1 || isCurrentProven);
        return isReleased ? full.poll() : null;
    }

    private void retire(Path file) {
        synchronized (directory) {
            try {
                directory.retire(file);
            } catch (IOException e) {
                LOG.log(Level.WARNING, "Could not recycle {0}; the next start removes it: {1}", file, e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        current.close();
        prepared.thenAccept(unused -> unused.ifPresent(JournalFiles::closeQuietly))
                .exceptionally(e -> null);
    }

    private static void closeQuietly(JournalFile unused) {
        try {
            unused.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "Closing an unused journal file", e);
        }
    }
}
