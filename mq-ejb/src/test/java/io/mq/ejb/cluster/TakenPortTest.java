package io.mq.ejb.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mq.core.error.StartupException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine would end the whole process. */
class TakenPortTest {

    @TempDir
    private Path directory;

    @Test
    void nodeDoesNotStart() throws IOException {
        try (LocalCluster cluster = LocalCluster.of("n1");
                ServerSocket taken = new ServerSocket(cluster.logPort("n1"), 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> cluster.start("n1", directory))
                    .isInstanceOf(StartupException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
        }
    }

    /** Somebody may have taken it since the node started, which waits for the others before it has a log. */
    @Test
    void logDoesNotStart() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RatisNode node = new RatisNode(new RatisConfig(
                        "a",
                        directory,
                        "127.0.0.1",
                        taken.getLocalPort(),
                        1024,
                        1,
                        Duration.ofMillis(100),
                        Optional.empty()))) {
            assertThatThrownBy(() -> node.start(SingleReplica.CLUSTER))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
            assertThat(node.isStarted()).isFalse();
        }
    }
}
