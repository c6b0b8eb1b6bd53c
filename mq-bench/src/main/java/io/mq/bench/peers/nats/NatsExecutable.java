package io.mq.bench.peers.nats;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Where nats-server is. */
final class NatsExecutable {

    private static final String NAME = "nats-server";

    /** Debian's package puts it where only root's PATH leads. */
    private static final String DEBIAN = "/usr/sbin";

    private NatsExecutable() {}

    static Optional<Path> find() {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.concat(Stream.of(path.split(File.pathSeparator)), Stream.of(DEBIAN))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, NAME))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
