package io.mq.bench.peers;

import io.mq.bench.peers.broker.Peer;
import io.mq.bench.peers.broker.Topology;
import io.mq.bench.peers.workload.Effort;
import io.mq.bench.peers.workload.Workload;
import java.nio.file.Path;
import java.util.List;

/**
 * What is measured.
 *
 * @param runs of all brokers in turn, 1 at least
 * @param brokers mq first
 * @param topology of every broker
 * @param tuning of the peers' producers, as arguments of a load's process
 * @param directory where each broker gets a directory of its own
 */
record RunPlan(
        int runs,
        List<Peer> brokers,
        Topology topology,
        List<Workload> workloads,
        boolean isQuick,
        List<String> tuning,
        Path directory) {

    Effort effort() {
        return Effort.of(isQuick, topology.nodes());
    }
}
