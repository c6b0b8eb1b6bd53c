package io.mq.system.cluster;

import io.mq.system.process.ServerOptions;
import io.mq.system.process.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** One server of a cluster, with the same addresses in all of its lives. For one thread at a time. */
public final class Node {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
    private static final int LAST_LINES = 25;

    private final int number;
    private final NodeAddress address;
    private final ServerOptions options;

    /** For its data; empty where that is on the machine's. */
    private final Optional<SmallDisk> disk;

    /** Null before the first life. */
    private ServerProcess server;

    Node(int number, NodeAddress address, ServerOptions options, Optional<SmallDisk> disk) {
        this.number = number;
        this.address = address;
        this.options = options;
        this.disk = disk;
    }

    /** Counted from 0, as in {@link Network}. */
    public int number() {
        return number;
    }

    public String id() {
        return address.id();
    }

    /** {@code host:port} of gRPC. */
    public String grpcAddress() {
        return address.grpc();
    }

    /** The process of its present life. */
    public long pid() {
        return server.pid();
    }

    public Path dataDirectory() {
        return options.dataDirectory();
    }

    void launch() throws IOException {
        server = ServerProcess.launch(options);
    }

    /** kill -9. */
    public void kill() {
        if (server != null) {
            server.kill();
        }
    }

    public void pause() throws IOException {
        server.pause();
    }

    public void resume() throws IOException {
        server.resume();
    }

    /**
     * SIGTERM.
     *
     * @return the status with which it ended
     * @throws StuckException where it did not in time
     */
    public int stop(Duration timeout) throws StuckException, InterruptedException {
        server.terminate();
        Optional<Integer> status = server.awaitExit(timeout);
        if (status.isEmpty()) {
            throw new StuckException("%s was to stop within %s and did not; its last lines are:%n%s"
                    .formatted(id(), timeout, lastLines()));
        }
        return status.get();
    }

    /** Deletes all that a dead node has stored. */
    public void loseData() throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> paths = Files.walk(dataDirectory())) {
            deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            if (!path.equals(dataDirectory())) {
                Files.delete(path);
            }
        }
    }

    /** @throws IllegalStateException where it has no disk of its own */
    public SmallDisk disk() {
        return disk.orElseThrow(() -> new IllegalStateException(id() + " has no disk of its own"));
    }

    /** Once it is dead. */
    void unmount() {
        disk.ifPresent(mounted -> {
            try {
                mounted.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    boolean isAlive() {
        return server != null && server.isAlive();
    }

    /** Whether it says that it is a member which takes calls. */
    boolean isReady() throws InterruptedException {
        try {
            return askReadiness().statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private HttpResponse<String> askReadiness() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://%s/health/ready".formatted(address.http())))
                .timeout(ANSWER_TIMEOUT)
                .build();
        return HTTP.send(request, BodyHandlers.ofString());
    }

    /** What it says of itself, and what it printed last, for people. */
    String describe() throws InterruptedException {
        String health;
        try {
            HttpResponse<String> answer = askReadiness();
            health = answer.statusCode() + " " + answer.body();
        } catch (IOException e) {
            health = "no answer: " + e;
        }
        return "--- %s, process %s, /health/ready: %s%n%s%n%s%n"
                .formatted(id(), isAlive() ? "runs" : "has ended", health, threads(), lastLines());
    }

    private String threads() {
        if (!isAlive()) {
            return "";
        }
        try {
            return "what its threads do is in " + server.dumpThreads();
        } catch (IOException e) {
            return "what its threads do is not known: " + e;
        }
    }

    private String lastLines() {
        List<String> lines = log().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }

    /** What all its lives have printed as errors and log. */
    public String log() {
        return server == null ? "" : server.errors();
    }

    /** The memory that it has of the machine, in MiB. */
    long residentMegabytes() {
        return isAlive() ? server.residentMegabytes() : 0;
    }
}
