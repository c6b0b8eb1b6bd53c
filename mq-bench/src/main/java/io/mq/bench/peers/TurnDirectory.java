package io.mq.bench.peers;

import io.mq.bench.server.Directories;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory for one broker in one run. Closing removes it with all there is in it. */
record TurnDirectory(Path path) implements Closeable {

    static TurnDirectory create(Path parent) throws IOException {
        return new TurnDirectory(Files.createTempDirectory(parent, "mq-bench-peers"));
    }

    @Override
    public void close() throws IOException {
        Directories.delete(path);
    }
}
