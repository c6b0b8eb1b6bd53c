package io.mq.ejb.cluster;

import static io.mq.ejb.cluster.LocalCluster.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader that takes no messages would keep the others from taking them, which have room. */
class FullDiskTest {

    @TempDir
    private Path directory;

    @Test
    void anotherNodeLeads() throws IOException {
        try (LocalCluster cluster = LocalCluster.of("n1", "n2", "n3")) {
            cluster.startWithoutRoom("n1", directory.resolve("n1"));
            for (String nodeId : List.of("n2", "n3")) {
                cluster.start(nodeId, directory.resolve(nodeId));
            }
            await().atMost(SOON)
                    .ignoreExceptions()
                    .until(() -> everyNodeVotes(cluster)
                            && !leader(cluster).orElseThrow().equals("n1"));
            cluster.publish("there is room");
            assertThat(cluster.node("n1").broker().cluster().transfer("0", "n1"))
                    .failsWithin(SOON)
                    .withThrowableThat()
                    .withMessageContaining("the disk of node 'n1' is full");
            leaderThatStopsHandsOverToTheOneThatHasRoom(cluster);
        }
    }

    private static void leaderThatStopsHandsOverToTheOneThatHasRoom(LocalCluster cluster) throws IOException {
        String stopped = leader(cluster).orElseThrow();
        String other = stopped.equals("n2") ? "n3" : "n2";
        cluster.stop(stopped);
        Optional<String> next = await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> leader(cluster), leader -> leader.isPresent() && !leader.equals(Optional.of(stopped)));
        assertThat(next).hasValue(other);
        cluster.publish("there still is room");
    }

    private static boolean everyNodeVotes(LocalCluster cluster) {
        return cluster.describe().shards().get(0).replicas().size() == 3;
    }

    private static Optional<String> leader(LocalCluster cluster) {
        return cluster.describe().shards().get(0).leader();
    }
}
