package io.mq.ejb.cluster;

import static io.mq.ejb.cluster.LocalCluster.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mq.core.cluster.ClusterDescription;
import io.mq.core.cluster.ClusterDescription.Replica;
import io.mq.core.cluster.ClusterDescription.Role;
import io.mq.core.cluster.ClusterDescription.Shard;
import io.mq.core.cluster.ClusterOperations;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Five whole brokers, of which three vote in each of two shards. */
class VotersTest {

    private static final List<String> NODES = List.of("n1", "n2", "n3", "n4", "n5");

    @TempDir
    private Path directory;

    private LocalCluster cluster;

    @BeforeEach
    void startFive() {
        cluster = LocalCluster.withShards(2, NODES.toArray(String[]::new));
        NODES.forEach(nodeId -> cluster.start(nodeId, directory.resolve(nodeId)));
        awaitVoters(NODES);
    }

    @AfterEach
    void stopAll() throws IOException {
        cluster.close();
    }

    private static boolean votes(Replica replica) {
        return replica.role() == Role.LEADER || replica.role() == Role.FOLLOWER;
    }

    /** Waits until three vote in each shard, the others of these observe, and nobody has two votes more than another. */
    private void awaitVoters(List<String> nodes) {
        await().atMost(SOON).ignoreExceptions().untilAsserted(() -> {
            ClusterDescription description = cluster.describe();
            Map<String, Integer> votes = new TreeMap<>();
            nodes.forEach(node -> votes.put(node, 0));
            assertThat(description.shards()).hasSize(2).allSatisfy(shard -> {
                assertThat(shard.replicas()).extracting(Replica::nodeId).containsExactlyInAnyOrderElementsOf(nodes);
                assertThat(shard.replicas()).filteredOn(VotersTest::votes).hasSize(3);
                assertThat(shard.replicas())
                        .filteredOn(replica -> !votes(replica))
                        .extracting(Replica::role)
                        .containsOnly(Role.OBSERVER);
                shard.replicas().stream()
                        .filter(VotersTest::votes)
                        .forEach(replica -> votes.merge(replica.nodeId(), 1, Integer::sum));
            });
            assertThat(Collections.max(votes.values()) - Collections.min(votes.values()))
                    .as("%s", votes)
                    .isLessThanOrEqualTo(1);
            assertThat(nodes).allMatch(node -> cluster.node(node).seat().isMember());
            assertThat(nodes)
                    .flatMap(node -> cluster.node(node).seat().problems())
                    .isEmpty();
        });
    }

    private ClusterOperations at(String nodeId) {
        return cluster.node(nodeId).broker().cluster();
    }

    /** The first node that is this in the first shard, and that in the second, as far as is said. */
    private String nodeWith(Role... roles) {
        List<Shard> shards = cluster.describe().shards();
        return NODES.stream()
                .filter(node -> IntStream.range(0, roles.length)
                        .allMatch(shard -> shards.get(shard).replicas().stream()
                                .anyMatch(replica -> replica.nodeId().equals(node) && replica.role() == roles[shard])))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void placeOfAVoterThatIsRemovedIsTaken() {
        cluster.publish("before");
        String observer = nodeWith(Role.OBSERVER);
        assertThat(at(observer).transfer("0", observer))
                .failsWithin(SOON)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NODE_NOT_READY))
                .withMessageContaining("observes shard 0");
        String removed = nodeWith(Role.LEADER);
        assertThat(at(observer).remove(removed)).succeedsWithin(SOON);
        List<String> left = new ArrayList<>(NODES);
        left.remove(removed);
        awaitVoters(left);
        cluster.publish("after");
    }

    /** The third is none that anybody waits for. */
    @Test
    void twoOfThreeVotersSufficeAndTheObserversFollow() throws IOException {
        cluster.publish("before");
        // The other shard is to lose one voter only, too: it is the observer's.
        String voter = nodeWith(Role.FOLLOWER, Role.OBSERVER);
        String observer = nodeWith(Role.OBSERVER);
        cluster.stop(voter);
        cluster.publish("two of three");
        cluster.stop(observer);
        cluster.publish("without an observer, too");
        cluster.start(voter, directory.resolve(voter));
        cluster.start(observer, directory.resolve(observer));
        awaitVoters(NODES);
        cluster.publish("after");
    }
}
