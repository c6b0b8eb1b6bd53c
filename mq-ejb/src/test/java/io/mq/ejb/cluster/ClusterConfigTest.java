package io.mq.ejb.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mq.core.config.Configuration;
import io.mq.core.config.SocketAddresses.HostAndPort;
import io.mq.core.error.StartupException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClusterConfigTest {

    private static ClusterConfig read(String... keysAndValues) {
        Map<String, String> settings = new HashMap<>(Map.of("mq.cluster.addr", "127.0.0.1:7800"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            settings.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        Configuration configuration =
                Configuration.read(settings.keySet(), key -> Optional.ofNullable(settings.get(key)));
        return ClusterConfig.from(configuration).orElseThrow();
    }

    private static void assertRefused(String text, String... keysAndValues) {
        assertThatThrownBy(() -> read(keysAndValues))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining(text);
    }

    @Test
    void withoutSeedsTheNodeIsAClusterByItself() {
        assertThat(read().seeds().addresses()).containsExactly(new HostAndPort("127.0.0.1", 7800));
        assertThat(read().size()).isEqualTo(1);
    }

    @Test
    void sizeIsThatOfTheList() {
        String three = "127.0.0.1:7800,127.0.0.1:7810, 127.0.0.1:7820, 127.0.0.1:7800";
        assertThat(read("mq.cluster.seeds", three).size()).isEqualTo(3);
        assertThat(read("mq.cluster.seeds", three, "mq.cluster.size", "3").size())
                .isEqualTo(3);
        assertRefused(
                "mq.cluster.size=2 is not the number of nodes in mq.cluster.seeds, 3",
                "mq.cluster.seeds",
                three,
                "mq.cluster.size",
                "2");
    }

    @Test
    void nameNeedsASize() {
        ClusterConfig config = read("mq.cluster.seeds", "dns:mq.example:7800", "mq.cluster.size", "3");
        assertThat(config.seeds().name()).contains(new HostAndPort("mq.example", 7800));
        assertThat(config.seeds().addresses()).isEmpty();
        assertThat(config.size()).isEqualTo(3);
        assertRefused("say by mq.cluster.size", "mq.cluster.seeds", "dns:mq.example:7800");
    }

    @Test
    void nameHasThePortOfTheNodes() {
        assertRefused(
                "mq.cluster.seeds=dns:mq.example:7801 has another port than mq.cluster.addr=127.0.0.1:7800",
                "mq.cluster.seeds",
                "dns:mq.example:7801",
                "mq.cluster.size",
                "3");
    }

    @Test
    void seedsThatAreNoneAreRefused() {
        assertRefused("beside others", "mq.cluster.seeds", "dns:mq.example:7800,127.0.0.1:7800");
        assertRefused("an address behind dns:", "mq.cluster.seeds", "dns:127.0.0.1:7800");
        assertRefused("host:port", "mq.cluster.seeds", "dns:mq.example");
        assertRefused("has no host", "mq.cluster.seeds", "dns::7800");
        assertRefused("has no such port", "mq.cluster.seeds", "dns:mq.example:0");
        assertRefused("mq.cluster.size=0", "mq.cluster.seeds", "dns:mq.example:7800", "mq.cluster.size", "0");
        assertRefused("mq.cluster.size=many", "mq.cluster.seeds", "dns:mq.example:7800", "mq.cluster.size", "many");
    }
}
