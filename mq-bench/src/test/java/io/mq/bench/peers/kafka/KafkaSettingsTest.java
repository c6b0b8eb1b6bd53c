package io.mq.bench.peers.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mq.bench.peers.broker.PublishMode;
import io.mq.bench.peers.broker.Topology;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KafkaSettingsTest {

    @ParameterizedTest
    @EnumSource
    void whatIsTunedTakesThePlaceOfWhatIsAdvised(PublishMode mode) {
        assertThat(KafkaSettings.producer(mode, Map.of("linger.ms", "50", "compression.type", "lz4")))
                .containsEntry("linger.ms", "50")
                .containsEntry("compression.type", "lz4")
                .containsEntry("acks", "all");
    }

    @Test
    void whatIsTunedIsPrinted() {
        Map<String, String> settings =
                KafkaPeer.withDefaults(Map.of("batch.size", "1000000")).settings(Topology.ALONE);

        assertThat(settings.get("publish")).contains("batch.size=1000000", "linger.ms=10");
    }

    @Test
    void aClusterAcknowledgesWhatTwoOfThreeHave() {
        assertThat(KafkaServer.settings(Topology.CLUSTER, false))
                .containsEntry("min.insync.replicas", "2")
                .containsEntry("offsets.topic.replication.factor", "3")
                .doesNotContainKey("log.flush.interval.messages");
        assertThat(KafkaServer.settings(Topology.CLUSTER, true)).containsEntry("log.flush.interval.messages", "1");
    }

    @Test
    void aSingleNodeIsAskedForOneCopy() {
        assertThat(KafkaServer.settings(Topology.ALONE, false))
                .isEqualTo(Map.of("offsets.topic.replication.factor", "1"));
    }

    @Test
    void whatIsAdvisedIsTakenByKafka() {
        assertThatCode(() -> KafkaSettings.requireValid(Map.of())).doesNotThrowAnyException();
        assertThatCode(() -> KafkaSettings.requireValid(Map.of("linger.ms", "100", "batch.size", "100000")))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "lingr.ms, 10, Kafka's producer has no setting 'lingr.ms'",
        "linger.ms, ten, linger.ms",
        "acks, 5, acks",
        "acks, 1, idempotent",
        "bootstrap.servers, elsewhere:9092, 'bootstrap.servers' is the run's own"
    })
    void whatKafkaWouldNotTakeIsNamed(String key, String value, String problem) {
        // That acks=1 goes without idempotence has to be asked for, where the latter is asked for.
        Map<String, String> tuned =
                key.equals("acks") ? Map.of(key, value, "enable.idempotence", "true") : Map.of(key, value);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaSettings.requireValid(tuned))
                .withMessageContaining(problem);
    }
}
