package io.mq.core.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The file system, as far as mq uses it. Production runs on {@link NioDisk}; tests run the same engine on a disk that
 * tears writes, loses what was not forced, flips bits and fills up.
 *
 * <h2>Durability</h2>
 * A created, renamed or deleted name is durable only after {@link #forceDirectory} of its directory has returned.
 *
 * <h2>Threads</h2>
 * Safe for use by any thread.
 *
 * <h2>Failure</h2>
 * A full disk is a {@link DiskFullException}; everything else is the {@link IOException} of the platform.
 */
public interface Disk {

    /** Opens an existing file for reading and writing. Throws {@link NoSuchFileException} where there is none. */
    DiskFile open(Path file) throws IOException;

    /** Creates an empty file and opens it; an existing one is an error. */
    DiskFile create(Path file) throws IOException;

    boolean exists(Path path) throws IOException;

    /** The length of a file that need not be open. */
    long size(Path file) throws IOException;

    /** The names in a directory, sorted; empty where there is no such directory. */
    List<Path> list(Path directory) throws IOException;

    /**
     * Creates a directory and its missing parents, each durably: a directory entry is forced before anything can be
     * stored below it.
     */
    void createDirectories(Path directory) throws IOException;

    /** Replaces {@code target} atomically. */
    void rename(Path source, Path target) throws IOException;

    /** Deletes a file or an empty directory; a missing one is no error. */
    void delete(Path path) throws IOException;

    void forceDirectory(Path directory) throws IOException;

    /**
     * Takes the exclusive lock that {@code file} stands for, creating it where it is missing; the process's end gives
     * it back.
     *
     * @return closes to unlock; empty where another holder has it
     */
    Optional<Closeable> tryLock(Path file) throws IOException;

    /** Bytes that this process may still write below {@code directory}. */
    long usableBytes(Path directory) throws IOException;

    /**
     * Replaces a small file as a whole: a reader, now or after a crash, sees the old content or the new one, never a
     * mixture.
     */
    default void replace(Path file, byte[] content) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        delete(temporary);
        try (DiskFile out = create(temporary)) {
            out.writeFully(ByteBuffer.wrap(content), 0);
            out.force();
        }
        rename(temporary, file);
        forceDirectory(file.getParent());
    }

    /** Deletes a directory with all that is in it; a missing one is no error. */
    default void deleteTree(Path path) throws IOException {
        for (Path child : list(path)) {
            deleteTree(child);
        }
        delete(path);
    }
}
