package io.mq.bench.peers.broker;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of a broker. What it prints is kept in a file in its directory. */
public final class BrokerProcess implements Closeable {

    /** Far more than any of them needs on two busy cores. */
    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);

    private static final long POLL_MILLIS = 20;
    private static final int CONNECT_MILLIS = 1000;

    private final Process process;
    private final Path output;

    private BrokerProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Launches a program without waiting for it. */
    public static BrokerProcess launch(Path directory, List<String> command) throws IOException {
        Path output = directory.resolve("output.log");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start();
        return new BrokerProcess(process, output);
    }

    public long pid() {
        return process.pid();
    }

    /** Waits until the program accepts connections. */
    public void awaitPort(int port) throws IOException {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (!accepts(port)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("the broker does not answer on port %d; it printed:%n%s"
                        .formatted(port, Files.readString(output)));
            }
            sleep();
        }
    }

    /** Waits until the program has done what it was launched for. */
    public void awaitSuccess() throws IOException {
        try {
            if (process.waitFor(START_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS) && process.exitValue() == 0) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IOException("a program failed; it printed:%n%s".formatted(Files.readString(output)));
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void sleep() throws IOException {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a broker started", e);
        }
    }

    /** Kills the program where it is still there, and waits for its end: nothing writes to its directory then. */
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
