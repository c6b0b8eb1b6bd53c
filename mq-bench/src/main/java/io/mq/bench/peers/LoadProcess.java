package io.mq.bench.peers;

import io.mq.bench.peers.broker.Peer;
import io.mq.bench.peers.workload.Workload;
import io.mq.bench.process.BenchProcess;
import java.io.Closeable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The process with a broker's clients. Each broker gets a new one with the same options, because in one process the
 * first broker would be measured with code that is not compiled yet, the last one with code that is compiled for the
 * clients of all, and each with the garbage of the ones before.
 */
final class LoadProcess implements Closeable {

    private final BenchProcess process;

    private LoadProcess(BenchProcess process) {
        this.process = process;
    }

    static LoadProcess launch(Peer broker, List<String> addresses, RunPlan plan) throws IOException {
        return new LoadProcess(BenchProcess.launch(
                "the load on " + broker.name(),
                List.of(),
                ManagementFactory.getRuntimeMXBean().getInputArguments(),
                PeerLoadCommand.class,
                arguments(broker, addresses, plan)));
    }

    private static List<String> arguments(Peer broker, List<String> addresses, RunPlan plan) {
        List<String> arguments =
                new ArrayList<>(List.of("--broker", broker.name(), "--addresses", String.join(",", addresses)));
        arguments.add("--only");
        arguments.add(plan.workloads().stream().map(Workload::label).collect(Collectors.joining(",")));
        arguments.addAll(plan.tuning());
        if (plan.isQuick()) {
            arguments.add("--quick");
        }
        return arguments;
    }

    /**
     * Reads what it reports until it ends.
     *
     * @throws IOException with what it has printed, where it fails
     */
    void follow(Consumer<Workload> started, BiConsumer<Workload, List<Double>> measured) throws IOException {
        for (Optional<String> line = process.nextLine(); line.isPresent(); line = process.nextLine()) {
            String[] words = line.get().split(" ");
            Workload workload = Workload.find(words[1]).orElseThrow();
            if (words[0].equals(PeerLoadCommand.STARTED)) {
                started.accept(workload);
            } else {
                measured.accept(
                        workload,
                        Arrays.stream(words).skip(2).map(Double::valueOf).toList());
            }
        }
        process.awaitSuccess();
    }

    /** Kills it where it is still there. */
    @Override
    public void close() throws IOException {
        process.close();
    }
}
