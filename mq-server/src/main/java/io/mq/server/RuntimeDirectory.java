package io.mq.server;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the application server unpacks itself: {@code runtime/} in the data directory. Nothing in it is data; it may be
 * deleted while no node runs.
 */
final class RuntimeDirectory implements Closeable {

    /** As the application says it of its own lock. */
    private static final int IN_USE = 3;

    private final Path root;
    private final FileChannel lock;

    private RuntimeDirectory(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    static RuntimeDirectory open(Path dataDirectory) throws IOException, StartupFailedException {
        Path root = dataDirectory.resolve("runtime");
        Files.createDirectories(root);
        FileChannel channel =
                FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            throw new StartupFailedException(
                    IN_USE,
                    "the data directory %s is in use by another mq process; stop it or choose another --data-dir"
                            .formatted(dataDirectory));
        }
        return new RuntimeDirectory(root, channel);
    }

    /** For the application server's own jars; kept from start to start. */
    Path unpacked() throws IOException {
        return Files.createDirectories(root.resolve("unpacked"));
    }

    /** For the application server's domain: empty, whatever a start that was cut off has left. */
    Path domain() throws IOException {
        Path domain = root.resolve("domain");
        deleteTree(domain);
        return Files.createDirectories(domain);
    }

    /** Puts a resource of the launcher's jar into a file. */
    Path extract(String resource, String name) throws IOException {
        Path file = root.resolve(name);
        try (InputStream in = RuntimeDirectory.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("the launcher's jar lacks " + resource);
            }
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }

    private static void deleteTree(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> paths = Files.walk(tree)) {
            deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.delete(path);
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
