package io.mq.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.bench.peers.broker.Peer;
import io.mq.bench.peers.broker.Topology;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class TuningTest {

    private static final String[] OPTIONS = {
        "--kafka-producer", "linger.ms=5", "--kafka-producer=client.id=a=b", "--nats-in-flight", "256"
    };

    private static Tuning parsed(String... options) {
        Tuning tuning = new Tuning();
        var unused = new CommandLine(new Holder(tuning)).parseArgs(options);
        return tuning;
    }

    private static Map<String, String> settings(Peer peer) {
        return peer.settings(Topology.ALONE);
    }

    private static String published(Tuning tuning, String name) {
        Peer peer = Peers.find(name, tuning.peers()).orElseThrow();
        return peer.settings(Topology.ALONE).get("publish");
    }

    @Test
    void bothKafkasAndNatsAreTuned() {
        Tuning tuning = parsed(OPTIONS);

        assertThat(published(tuning, "kafka")).contains("linger.ms=5", "client.id=a=b");
        assertThat(published(tuning, "kafka-fsync")).contains("linger.ms=5", "client.id=a=b");
        assertThat(published(tuning, "nats")).contains(" 256 unacknowledged");
    }

    @Test
    void withoutOptionsAllIsAsAdvised() {
        for (Peer peer : parsed().peers()) {
            Peer advised = Peers.find(peer.name(), Peers.OTHERS).orElseThrow();
            assertThat(settings(peer)).isEqualTo(settings(advised));
        }
    }

    @Test
    void theProcessWithTheClientsIsToldTheSame() {
        Tuning tuning = parsed(OPTIONS);

        Tuning told = parsed(tuning.arguments().toArray(String[]::new));

        assertThat(told.peers().stream().map(TuningTest::settings))
                .isEqualTo(tuning.peers().stream().map(TuningTest::settings).toList());
        assertThat(told.arguments())
                .isEqualTo(List.of(
                        "--kafka-producer",
                        "linger.ms=5",
                        "--kafka-producer",
                        "client.id=a=b",
                        "--nats-in-flight",
                        "256"));
    }

    @Command
    private static final class Holder {

        @Mixin
        private final Tuning tuning;

        Holder(Tuning tuning) {
            this.tuning = tuning;
        }
    }
}
