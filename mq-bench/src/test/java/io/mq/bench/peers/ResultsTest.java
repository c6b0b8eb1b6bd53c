package io.mq.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.bench.peers.workload.Workload;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultsTest {

    private final Results results = new Results();

    @Test
    void peakMemoryIsTheHighestOfAllRuns() {
        results.addRssPeak(Workload.PUBLISH_100B, "mq", 20);
        results.addRssPeak(Workload.PUBLISH_100B, "mq", 30);
        results.addRssPeak(Workload.PUBLISH_100B, "mq", 10);
        results.addRssPeak(Workload.PUBLISH_1KIB, "mq", 99);

        assertThat(results.rssPeak(Workload.PUBLISH_100B, "mq")).hasValue(30);
        assertThat(results.rssPeak(Workload.PUBLISH_100B, "kafka")).isEmpty();
    }

    @Test
    void eachFigureHasItsOwnMedian() {
        results.add(Workload.E2E_1000, "mq", List.of(1.0, 9.0, 20.0));
        results.add(Workload.E2E_1000, "mq", List.of(2.0, 8.0, 30.0));
        results.add(Workload.E2E_1000, "mq", List.of(3.0, 7.0, 10.0));

        assertThat(results.median(Workload.E2E_1000, "mq", 0)).isEqualTo(2.0);
        assertThat(results.median(Workload.E2E_1000, "mq", 1)).isEqualTo(8.0);
        assertThat(results.median(Workload.E2E_1000, "mq", 2)).isEqualTo(20.0);
    }

    @Test
    void ratioIsThatOfTheMedians() {
        add("mq", 100, 300, 200);
        add("kafka", 50, 5000, 100);

        assertThat(results.ratio(Workload.PUBLISH_100B, "mq", "kafka", 0)).isEqualTo(2.0);
    }

    private void add(String broker, double... runs) {
        for (double figure : runs) {
            results.add(Workload.PUBLISH_100B, broker, List.of(figure));
        }
    }
}
