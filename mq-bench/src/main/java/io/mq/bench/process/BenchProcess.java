package io.mq.bench.process;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Another process of this program, which is told and tells in lines. What it writes to its error output is kept and
 * shown where it fails.
 */
public final class BenchProcess implements Closeable {

    private final String what;
    private final Process process;
    private final BufferedReader out;
    private final BufferedWriter in;
    private final Path errors;

    private BenchProcess(String what, Process process, Path errors) {
        this.what = what;
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
        this.in = process.outputWriter(StandardCharsets.UTF_8);
        this.errors = errors;
    }

    /**
     * Launches the program's virtual machine with another main class.
     *
     * @param what a name for messages, such as {@code the load on kafka}
     * @param launcher what starts it, with arguments, such as {@link LowestPriority#launcher}; may be empty
     * @param jvm options of the virtual machine
     */
    public static BenchProcess launch(
            String what, List<String> launcher, List<String> jvm, Class<?> main, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>(launcher);
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(jvm);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(arguments);
        Path errors = Files.createTempFile("mq-bench", ".log");
        try {
            return new BenchProcess(
                    what,
                    new ProcessBuilder(command).redirectError(errors.toFile()).start(),
                    errors);
        } catch (IOException e) {
            Files.delete(errors);
            throw e;
        }
    }

    /** The next line that it tells; empty once it has told everything. */
    public Optional<String> nextLine() throws IOException {
        return Optional.ofNullable(out.readLine());
    }

    /** @throws IOException where it is not there any more, with what it has printed */
    public void tell(String line) throws IOException {
        try {
            in.write(line);
            in.newLine();
            in.flush();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /**
     * Waits for its end.
     *
     * @throws IOException with what it has printed, where it failed
     */
    public void awaitSuccess() throws IOException {
        try {
            if (process.waitFor() != 0) {
                throw failure(null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while %s was running".formatted(what), e);
        }
    }

    private IOException failure(IOException cause) throws IOException {
        return new IOException("%s failed; it printed:%n%s".formatted(what, Files.readString(errors)), cause);
    }

    /** Kills it where it is still there. */
    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        process.onExit().join();
        Files.deleteIfExists(errors);
    }
}
