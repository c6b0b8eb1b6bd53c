package io.mq.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.system.chaos.ClusterReport;
import io.mq.system.chaos.ClusterRun;
import io.mq.system.chaos.FaultKind;
import io.mq.system.cluster.LoopbackNetwork;
import io.mq.system.cluster.NamespaceNetwork;
import io.mq.system.cluster.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster under load loses its leader in two ways. {@code ./mq chaos --nodes 3} is the same for more rounds and faults. */
class ChaosClusterIT {

    private static final int NODES = 3;
    private static final int SHARDS = 1;
    private static final long SEED = Long.getLong("mq.system.seed", new Random().nextInt(1_000_000));

    private static Network network() throws IOException {
        return NamespaceNetwork.isPossible() ? NamespaceNetwork.open(NODES) : new LoopbackNetwork();
    }

    @Test
    void nothingAcknowledgedIsLostReorderedOrDifferentOnTheNodes(@TempDir Path directory) throws Exception {
        Network network = network();
        List<FaultKind> faults =
                List.of(FaultKind.KILL_LEADER, FaultKind.CUT.isPossible(network) ? FaultKind.CUT : FaultKind.PAUSE);
        ClusterReport report =
                new ClusterRun(directory, NODES, SHARDS, network, faults.size(), faults, SEED, System.out).run();

        assertThat(report.stuck()).as("stuck, seed %d", SEED).isEmpty();
        assertThat(report.lost()).as("lost, seed %d", SEED).isZero();
        assertThat(report.reordered()).as("reordered, seed %d", SEED).isZero();
        assertThat(report.divergent()).as("divergent, seed %d", SEED).isZero();
        assertThat(report.acknowledged()).as("acknowledged, seed %d", SEED).isGreaterThan(1000);
    }
}
