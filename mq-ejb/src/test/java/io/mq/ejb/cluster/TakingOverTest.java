package io.mq.ejb.cluster;

import static io.mq.ejb.cluster.LocalCluster.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node begins with nothing beside one that has messages from a time without a cluster. */
class TakingOverTest {

    @Test
    void takesNoMoreASecondThanTheNodeMay(@TempDir Path directory) throws IOException {
        LocalCluster.storeAlone(directory.resolve("n1"), Collections.nCopies(10, "x".repeat(400 << 10)));
        try (LocalCluster cluster = LocalCluster.of("n1", "n2")) {
            cluster.start("n1", directory.resolve("n1"));
            cluster.startThrottled("n2", directory.resolve("n2"), 1 << 20);
            ClusterNode node = cluster.node("n2").seat();
            await().atMost(SOON).until(() -> bytesTakenOver(node) > 0);
            long begunNanos = System.nanoTime();
            await().atMost(SOON).until(() -> bytesTakenOver(node) > 3 << 20);
            assertThat(Duration.ofNanos(System.nanoTime() - begunNanos)).isGreaterThan(Duration.ofSeconds(1));
            await().atMost(SOON).until(node::isMember);
        }
    }

    private static long bytesTakenOver(ClusterNode node) {
        return node.figures().shards().get(0).snapshotBytesReceived();
    }
}
