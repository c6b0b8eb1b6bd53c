package io.mq.bench.server;

import io.mq.system.process.ServerOptions;
import io.mq.system.process.ServerProcess;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which server a run uses: a running one, or one of its own with the default settings. */
public final class ServerMixin {

    @Option(
            names = "--server",
            paramLabel = "HOST:PORT",
            description = "A running server. Default: one is started, with the default settings, and stopped again.")
    private String address;

    /**
     * A server to be measured. Closing stops it where it is the run's own.
     *
     * @param memory of a server that is the run's own
     */
    public record Target(String address, Optional<ServerMemory> memory, Closeable owned) implements Closeable {

        /** What the server takes of memory, by name; nothing of a server that is not the run's own. */
        public Map<String, Object> memoryFigures() {
            return memory.map(ServerMemory::figures).orElse(Map.of());
        }

        @Override
        public void close() throws IOException {
            owned.close();
        }
    }

    public Target open() throws IOException {
        if (address != null) {
            ServerAddress.requireListening(address);
            return new Target(address, Optional.empty(), () -> {});
        }
        Path directory = Files.createTempDirectory("mq-bench");
        ServerProcess server = ServerProcess.start(ServerOptions.in(directory).asShipped());
        return new Target(server.grpcAddress(), Optional.of(ServerMemory.of(server)), () -> {
            server.close();
            Directories.delete(directory);
        });
    }
}
