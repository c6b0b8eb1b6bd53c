package io.mq.system.process;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A running {@code mq-server.jar}. What it prints is kept in files beside its data directory. */
public final class ServerProcess implements Closeable {

    /** Several servers that boot at once on two cores take half a minute each, and longer beside other work. */
    private static final Duration START_TIMEOUT = Duration.ofSeconds(180);

    private static final String READY = " is ready after ";

    private final Process process;
    private final Path errors;
    private final CompletableFuture<Greeting> greeting;

    /** What a server says when it is ready: one address of each kind. */
    private record Greeting(String grpc, String http) {}

    private ServerProcess(Process process, Path errors, CompletableFuture<Greeting> greeting) {
        this.process = process;
        this.errors = errors;
        this.greeting = greeting;
    }

    /** Launches a server without waiting for it. */
    public static ServerProcess launch(ServerOptions options) throws IOException {
        Files.createDirectories(options.directory());
        Path errors = options.directory().resolve("server.err");
        Process process = new ProcessBuilder(options.command())
                .directory(options.directory().toFile())
                .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                .start();
        CompletableFuture<Greeting> greeting = new CompletableFuture<>();
        Thread reader = new Thread(() -> read(process, greeting), "server-output");
        reader.setDaemon(true);
        reader.start();
        return new ServerProcess(process, errors, greeting);
    }

    /** Launches a server and waits until it is ready. */
    public static ServerProcess start(ServerOptions options) throws IOException {
        ServerProcess server = launch(options);
        server.awaitReady();
        return server;
    }

    private static void read(Process process, CompletableFuture<Greeting> greeting) {
        String grpc = "";
        String http = "";
        boolean isReady = false;
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                isReady |= line.contains(READY);
                if (isReady && line.startsWith("  gRPC ")) {
                    grpc = line.substring(6).strip();
                }
                if (isReady && line.startsWith("  REST ")) {
                    http = line.substring(6).strip();
                    greeting.complete(new Greeting(grpc.split(", ")[0], http));
                }
            }
        } catch (IOException e) {
            greeting.completeExceptionally(e);
        }
        greeting.completeExceptionally(new IOException("the server ended before it was ready"));
    }

    /** @throws IOException with what the server printed, where it ended instead */
    public void awaitReady() throws IOException {
        try {
            greeting.get(START_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the server is not ready (%s):%n%s".formatted(e.getMessage(), errors()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the server started", e);
        }
    }

    /** {@code host:port} of gRPC; call it on a ready server. */
    public String grpcAddress() {
        return greeting.join().grpc;
    }

    /** {@code http://host:port}; call it on a ready server. */
    public String httpUrl() {
        return greeting.join().http;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Everything that servers in this directory have written to their error output. */
    public String errors() {
        try {
            return Files.exists(errors) ? Files.readString(errors) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes down what its threads do, beside what it printed. */
    public Path dumpThreads() throws IOException {
        Path threads = errors.resolveSibling("threads.txt");
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        new ProcessBuilder(List.of(jcmd.toString(), Long.toString(pid()), "Thread.print", "-l"))
                .redirectOutput(threads.toFile())
                .start()
                .onExit()
                .join();
        return threads;
    }

    /** The memory that it has of the machine, in MiB; 0 where the machine does not tell. */
    public long residentMegabytes() {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid()), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    /** kill -9, and its end. */
    public void kill() {
        process.destroyForcibly();
        join();
    }

    /** SIGTERM, without waiting. */
    public void terminate() {
        process.destroy();
    }

    /** SIGSTOP: it stays, and does nothing. */
    public void pause() throws IOException {
        signal("STOP");
    }

    /** SIGCONT. */
    public void resume() throws IOException {
        signal("CONT");
    }

    private void signal(String name) throws IOException {
        try {
            int status = new ProcessBuilder(List.of("kill", "-" + name, Long.toString(pid())))
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IOException("kill -%s %d failed".formatted(name, pid()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The exit status, once the process has ended; empty where it has not after this time. */
    public Optional<Integer> awaitExit(Duration timeout) throws InterruptedException {
        return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)
                ? Optional.of(process.exitValue())
                : Optional.empty();
    }

    private void join() {
        process.onExit().join();
    }

    /** Kills the process if it is still there. */
    @Override
    public void close() {
        kill();
    }
}
