package io.mq.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.bench.peers.workload.Workload;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultTableTest {

    @Test
    void eachFigureHasARowWithTheBrokersAndTheRatios() {
        Results results = new Results();
        results.add(Workload.E2E_1000, "mq", List.of(0.5, 1.0, 4.0));
        results.add(Workload.E2E_1000, "kafka", List.of(1.0, 4.0, 32.0));

        assertThat(ResultTable.of(results, List.of(Peers.MQ, Peers.OTHERS.get(0)))
                        .lines())
                .map(line -> line.strip().replaceAll(" +", " "))
                .containsSequence(
                        "median mq kafka mq/kafka",
                        "e2e-1000 p50, ms 0.500 1.000 0.50",
                        "e2e-1000 p99, ms 1.000 4.000 0.25",
                        "e2e-1000 p99.9, ms 4.000 32.000 0.13")
                .noneMatch(line -> line.contains("resident"));
    }

    @Test
    void peakMemoryHasATableOfItsOwn() {
        Results results = new Results();
        results.add(Workload.PUBLISH_100B, "mq", List.of(10.0));
        results.add(Workload.PUBLISH_100B, "kafka", List.of(10.0));
        results.addRssPeak(Workload.PUBLISH_100B, "mq", 412_400_000);
        results.addRssPeak(Workload.PUBLISH_100B, "kafka", 1_250_000_000);

        assertThat(ResultTable.of(results, List.of(Peers.MQ, Peers.OTHERS.get(0)))
                        .lines())
                .map(line -> line.strip().replaceAll(" +", " "))
                .endsWith("resident at most, MB mq kafka", "publish-100B 412 1,250");
    }
}
