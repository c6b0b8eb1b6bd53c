package io.mq.bench.server;

import io.mq.system.process.ServerOptions;
import io.mq.system.process.ServerProcess;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which server a run uses: a running one, or one of its own with the default settings. */
public final class ServerMixin {

    @Option(
            names = "--server",
            paramLabel = "HOST:PORT",
            description = "A running server. Default: one is started, with the default settings, and stopped again.")
    private String address;

    /** A server to be measured. Closing stops it where it is the run's own. */
    public record Target(String address, Closeable owned) implements Closeable {

        @Override
        public void close() throws IOException {
            owned.close();
        }
    }

    public Target open() throws IOException {
        if (address != null) {
            return new Target(address, () -> {});
        }
        Path directory = Files.createTempDirectory("mq-bench");
        ServerProcess server = ServerProcess.start(ServerOptions.in(directory).asShipped());
        return new Target(server.grpcAddress(), () -> {
            server.close();
            Directories.delete(directory);
        });
    }
}
