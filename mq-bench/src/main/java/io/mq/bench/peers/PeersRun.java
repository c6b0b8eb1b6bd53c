package io.mq.bench.peers;

import io.mq.bench.peers.broker.Leftovers;
import io.mq.bench.peers.broker.Peer;
import io.mq.bench.peers.broker.RunningBroker;
import io.mq.bench.peers.workload.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * All brokers in turn, as often as is asked: what else changes on the machine meanwhile meets all of them. At any time
 * one broker is running, and one process with its clients.
 */
final class PeersRun {

    private final RunPlan plan;
    private final Leftovers leftovers;
    private final Progress progress;
    private final Results results = new Results();

    PeersRun(RunPlan plan, Leftovers leftovers, Progress progress) {
        this.plan = plan;
        this.leftovers = leftovers;
        this.progress = progress;
    }

    Results run() throws IOException {
        for (int run = 1; run <= plan.runs(); run++) {
            for (Peer broker : plan.brokers()) {
                turn("run %d of %d, %s".formatted(run, plan.runs(), broker.name()), broker);
            }
        }
        return results;
    }

    private void turn(String title, Peer broker) throws IOException {
        progress.show(title + ": starting");
        Path directory =
                leftovers.own(() -> TurnDirectory.create(plan.directory())).path();
        RunningBroker running = broker.start(directory, plan.topology(), leftovers);
        BrokerMemory memory = BrokerMemory.of(running.pids());
        progress.show(title + ": warming up");
        LoadProcess load = leftovers.own(() -> LoadProcess.launch(broker, running.addresses(), plan));
        Consumer<Workload> started = workload -> {
            memory.resetPeak();
            progress.show(title + ": " + workload.label());
        };
        load.follow(started, (workload, figures) -> {
            results.add(workload, broker.name(), figures);
            memory.peakBytes().ifPresent(bytes -> results.addRssPeak(workload, broker.name(), bytes));
            progress.measured(title, workload, figures);
        });
        progress.show(title + ": stopping");
        leftovers.release();
        progress.clear();
    }
}
