package io.mq.bench.peers;

import io.mq.bench.peers.broker.Peer;
import io.mq.bench.peers.workload.Workload;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The process with a broker's clients. Each broker gets a new one with the same options, because in one process the
 * first broker would be measured with code that is not compiled yet, the last one with code that is compiled for the
 * clients of all, and each with the garbage of the ones before.
 */
final class LoadProcess implements Closeable {

    private final Process process;
    private final Path errors;
    private final String broker;

    private LoadProcess(Process process, Path errors, String broker) {
        this.process = process;
        this.errors = errors;
        this.broker = broker;
    }

    static LoadProcess launch(Path directory, Peer broker, String address, RunPlan plan) throws IOException {
        Path errors = directory.resolve("load.log");
        Process process = new ProcessBuilder(command(broker, address, plan))
                .redirectError(errors.toFile())
                .start();
        return new LoadProcess(process, errors, broker.name());
    }

    private static List<String> command(Peer broker, String address, RunPlan plan) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(PeerLoadCommand.class.getName());
        command.addAll(List.of("--broker", broker.name(), "--address", address));
        command.add("--only");
        command.add(plan.workloads().stream().map(Workload::label).collect(Collectors.joining(",")));
        command.addAll(plan.tuning());
        if (plan.isQuick()) {
            command.add("--quick");
        }
        return command;
    }

    /**
     * Reads what it reports until it ends.
     *
     * @throws IOException with what it has printed, where it fails
     */
    void follow(Consumer<Workload> started, BiConsumer<Workload, List<Double>> measured)
            throws IOException, InterruptedException {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                String[] words = line.split(" ");
                Workload workload = Workload.find(words[1]).orElseThrow();
                if (words[0].equals(PeerLoadCommand.STARTED)) {
                    started.accept(workload);
                } else {
                    measured.accept(
                            workload,
                            Arrays.stream(words).skip(2).map(Double::valueOf).toList());
                }
            }
        }
        if (process.waitFor() != 0) {
            throw new IOException("the load on %s failed; it printed:%n%s".formatted(broker, Files.readString(errors)));
        }
    }

    /** Kills it where it is still there. */
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
