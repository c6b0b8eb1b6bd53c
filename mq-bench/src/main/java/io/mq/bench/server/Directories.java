package io.mq.bench.server;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Makes the directories of a run, and removes what it has left on disk. */
public final class Directories {

    private Directories() {}

    /**
     * A directory to work in, created with its parents where it is missing.
     *
     * @return its absolute path: processes that are started have working directories of their own
     * @throws IOException saying what stands in the way
     */
    public static Path create(Path directory) throws IOException {
        // Asked first, because createDirectories refuses a link to a directory before Java 20 (JDK-8294193).
        if (!Files.isDirectory(directory)) {
            try {
                Files.createDirectories(directory);
            } catch (FileAlreadyExistsException e) {
                throw new IOException("%s is a file".formatted(e.getFile()), e);
            } catch (AccessDeniedException e) {
                throw new IOException("%s may not be created by this user".formatted(e.getFile()), e);
            }
        }
        if (!Files.isWritable(directory)) {
            throw new IOException("%s may not be written to by this user".formatted(directory));
        }
        return directory.toAbsolutePath();
    }

    public static void delete(Path root) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> paths = Files.walk(root)) {
            deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
