package io.mq.bench.peers.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.bench.peers.broker.Topology;
import org.junit.jupiter.api.Test;

class WorkloadTest {

    @Test
    void aClusterHasWorkloadsOfItsOwn() {
        assertThat(Workload.usual(Topology.CLUSTER))
                .containsExactly(Workload.PUBLISH_100B, Workload.PUBLISH_1KIB, Workload.E2E_500);
    }

    @Test
    void asSlowALatencyLoadIsNotForASingleNodeUnlessAskedFor() {
        assertThat(Workload.usual(Topology.ALONE)).contains(Workload.E2E_1000).doesNotContain(Workload.E2E_500);
        assertThat(Workload.find("e2e-500")).contains(Workload.E2E_500);
    }
}
