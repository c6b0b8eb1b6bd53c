package io.mq.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.bench.peers.broker.Peer;
import io.mq.bench.peers.broker.Topology;
import io.mq.bench.peers.workload.Workload;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JsonLinesTest {

    private static final Peer KAFKA = Peers.OTHERS.get(0);
    private static final Peer NATS = Peers.OTHERS.get(2);

    private final Locale locale = Locale.getDefault();
    private final Results results = new Results();

    @AfterEach
    void restoreLocale() {
        Locale.setDefault(locale);
    }

    @Test
    void mqsLineCarriesItsRatioToEachPeer() {
        results.add(Workload.PUBLISH_100B, "mq", List.of(1500.0));
        results.add(Workload.PUBLISH_100B, "kafka", List.of(1000.0));
        results.add(Workload.PUBLISH_100B, "nats", List.of(500.0));

        assertThat(JsonLines.of(results, List.of(Peers.MQ, KAFKA, NATS), Topology.ALONE))
                .isEqualTo("""
                {"workload": "publish-100B", "broker": "mq", "nodes": 1, "durability": "fsync before each acknowledgement", \
                "unit": "messages/s", "value": 1500.000, "ratio": {"kafka": 1.500, "nats": 3.000}}
                {"workload": "publish-100B", "broker": "kafka", "nodes": 1, "durability": "page cache", \
                "unit": "messages/s", "value": 1000.000}
                {"workload": "publish-100B", "broker": "nats", "nodes": 1, "durability": "page cache", \
                "unit": "messages/s", "value": 500.000}
                """);
    }

    @Test
    void latencyHasAllPercentilesAndTheP99AsItsValue() {
        results.add(Workload.E2E_1000, "mq", List.of(0.4, 1.5, 5.0));
        results.add(Workload.E2E_1000, "kafka", List.of(0.8, 6.0, 9.0));

        assertThat(JsonLines.of(results, List.of(Peers.MQ, KAFKA), Topology.ALONE)
                        .lines())
                .first()
                .isEqualTo("""
                {"workload": "e2e-1000", "broker": "mq", "nodes": 1, "durability": "fsync before each acknowledgement", \
                "unit": "ms", "value": 1.500, "figure": "p99", "p50": 0.400, "p99": 1.500, "p99.9": 5.000, \
                "ratio": {"kafka": 0.250}}""");
    }

    @Test
    void aClusterIsToldByItsNodesAndWhatItsAcknowledgementsStandFor() {
        results.add(Workload.PUBLISH_1KIB, "mq", List.of(60.0));
        results.add(Workload.PUBLISH_1KIB, "kafka", List.of(40.0));

        assertThat(JsonLines.of(results, List.of(Peers.MQ, KAFKA), Topology.CLUSTER))
                .isEqualTo("""
                {"workload": "publish-1KiB", "broker": "mq", "nodes": 3, \
                "durability": "fsync on a majority before each acknowledgement", \
                "unit": "messages/s", "value": 60.000, "ratio": {"kafka": 1.500}}
                {"workload": "publish-1KiB", "broker": "kafka", "nodes": 3, \
                "durability": "page cache on all replicas in sync", "unit": "messages/s", "value": 40.000}
                """);
    }

    @Test
    void peakMemoryComesLastWhereItIsKnown() {
        results.add(Workload.CONSUME_1KIB, "mq", List.of(10.0));
        results.add(Workload.CONSUME_1KIB, "kafka", List.of(10.0));
        results.addRssPeak(Workload.CONSUME_1KIB, "mq", 400_000_000);

        assertThat(JsonLines.of(results, List.of(Peers.MQ, KAFKA), Topology.ALONE)
                        .lines())
                .satisfiesExactly(
                        mq -> assertThat(mq).endsWith("\"ratio\": {\"kafka\": 1.000}, \"rss_peak_bytes\": 400000000}"),
                        kafka -> assertThat(kafka).endsWith("\"value\": 10.000}"));
    }

    @Test
    void withoutPeersTheRatioIsEmpty() {
        results.add(Workload.CONSUME_1KIB, "mq", List.of(10.0));

        assertThat(JsonLines.of(results, List.of(Peers.MQ), Topology.ALONE))
                .endsWith("\"value\": 10.000, \"ratio\": {}}\n");
    }

    @Test
    void numbersHaveAPointInEveryLocale() {
        Locale.setDefault(Locale.GERMANY);
        results.add(Workload.PUBLISH_1KIB, "mq", List.of(1234.5));

        assertThat(JsonLines.of(results, List.of(Peers.MQ), Topology.ALONE)).contains("\"value\": 1234.500");
    }
}
