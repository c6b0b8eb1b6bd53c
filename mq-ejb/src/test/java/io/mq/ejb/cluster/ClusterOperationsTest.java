package io.mq.ejb.cluster;

import static io.mq.ejb.cluster.LocalCluster.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mq.core.cluster.ClusterDescription;
import io.mq.core.cluster.ClusterDescription.Replica;
import io.mq.core.cluster.ClusterDescription.Role;
import io.mq.core.cluster.ClusterOperations;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three whole brokers, and what an operator sees of them and has them do. */
class ClusterOperationsTest {

    private static final Path METRICS_PAGE = Path.of("..", "docs", "reference", "metrics.md");

    @TempDir
    private Path directory;

    private LocalCluster cluster;

    @BeforeEach
    void startThree() throws IOException {
        cluster = LocalCluster.of("n1", "n2", "n3");
        for (String nodeId : List.of("n1", "n2", "n3")) {
            cluster.start(nodeId, directory.resolve(nodeId));
        }
        awaitRoles(Role.LEADER, Role.FOLLOWER, Role.FOLLOWER);
    }

    @AfterEach
    void stopAll() throws IOException {
        cluster.close();
    }

    private ClusterOperations at(String nodeId) {
        return cluster.node(nodeId).broker().cluster();
    }

    private static ClusterDescription done(CompletableFuture<ClusterDescription> operation) {
        assertThat(operation).succeedsWithin(SOON);
        return operation.join();
    }

    private static BrokerException refusal(CompletableFuture<ClusterDescription> operation) {
        return (BrokerException) assertThat(operation)
                .failsWithin(SOON)
                .withThrowableThat()
                .actual()
                .getCause();
    }

    private void awaitRoles(Role... roles) {
        await().atMost(SOON)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(cluster.describe().shards())
                        .flatExtracting(ClusterDescription.Shard::replicas)
                        .extracting(Replica::role)
                        .containsExactlyInAnyOrder(roles));
    }

    private String leader() {
        return leader(cluster.describe());
    }

    private static String leader(ClusterDescription description) {
        return description.shards().get(0).leader().orElseThrow();
    }

    private String follower() {
        return cluster.describe().shards().get(0).replicas().stream()
                .filter(replica -> replica.role() == Role.FOLLOWER)
                .map(Replica::nodeId)
                .findFirst()
                .orElseThrow();
    }

    private static List<String> replicas(ClusterDescription description) {
        return description.shards().get(0).replicas().stream()
                .map(Replica::nodeId)
                .toList();
    }

    private void awaitRemoved(String nodeId) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(cluster.node(nodeId).seat().problems())
                        .singleElement()
                        .asString()
                        .contains("was removed"));
    }

    @Test
    void drainedNodeLeadsNothingUntilItIsResumed() {
        String leader = leader();
        ClusterDescription drained = done(at(leader).drain(leader));
        assertThat(leader(drained)).isNotEqualTo(leader);
        assertThat(drained.nodes())
                .filteredOn(ClusterDescription.Node::isDraining)
                .extracting(ClusterDescription.Node::nodeId)
                .containsExactly(leader);
        String next = leader(drained);
        assertThat(refusal(at(next).transfer("0", leader)).reason()).isEqualTo(Reason.NODE_NOT_READY);
        assertThat(done(at(next).resume(leader)).nodes()).noneMatch(ClusterDescription.Node::isDraining);
        assertThat(leader(done(at(next).transfer("0", leader)))).isEqualTo(leader);
        cluster.publish("after");
    }

    @Test
    void removedNodesAreOutForGoodAndComeBackWithEmptyHands() throws IOException {
        cluster.publish("before");
        String removed = leader();
        assertThat(replicas(done(at(follower()).remove(removed)))).hasSize(2).doesNotContain(removed);
        awaitRemoved(removed);
        cluster.stop(removed);
        cluster.start(removed, directory.resolve(removed));
        awaitRemoved(removed);
        cluster.stop(removed);
        cluster.start(removed, directory.resolve("anew"));
        awaitRoles(Role.LEADER, Role.FOLLOWER, Role.FOLLOWER);
        cluster.publish("after");
    }

    @Test
    void nodeThatWasRemovedWhileItWasAwayFindsOut() throws IOException {
        String leader = leader();
        String removed = follower();
        cluster.stop(removed);
        awaitRoles(Role.LEADER, Role.FOLLOWER, Role.ABSENT);
        done(at(leader).remove(removed));
        awaitRoles(Role.LEADER, Role.FOLLOWER);
        cluster.start(removed, directory.resolve(removed));
        awaitRemoved(removed);
        cluster.publish("after");
    }

    @Test
    void whatWouldLoseTheMajorityIsRefused() throws IOException {
        String leader = leader();
        String lost = follower();
        cluster.stop(lost);
        awaitRoles(Role.LEADER, Role.FOLLOWER, Role.ABSENT);
        String other = follower();
        assertThat(refusal(at(leader).remove(other)))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.MAJORITY_AT_RISK))
                .hasMessageContaining("2 would be left");
        assertThat(refusal(at(leader).drain(leader)).reason()).isEqualTo(Reason.MAJORITY_AT_RISK);
        assertThat(refusal(at(leader).drain(lost)).reason()).isEqualTo(Reason.NODE_NOT_READY);
        assertThat(refusal(at(other).drain("n9")).reason()).isEqualTo(Reason.NODE_NOT_FOUND);
        assertThat(refusal(at(other).remove("n9")).reason()).isEqualTo(Reason.NODE_NOT_FOUND);
        assertThat(refusal(at(other).transfer("7", other)).reason()).isEqualTo(Reason.SHARD_NOT_FOUND);
        cluster.publish("after");
    }

    /** Two nodes that do not reach each other may each have a coordinator; it must not depose a leader that others reach. */
    @Test
    void leaderThatIsOutOfViewAndHeardFromIsFoundAllTheSame() throws IOException {
        String leader = leader();
        // The other one is the coordinator, and sees all.
        String follower = leader.equals("n3") ? "n2" : "n3";
        ClusterNode seat = cluster.node(follower).seat();
        long term = shardAt(follower).term();
        cluster.hide(leader, follower);
        await().during(Duration.ofSeconds(1))
                .atMost(SOON)
                .until(() -> seat.figures().presentNodes() == 2
                        && seat.leadership(0)
                                .otherLeader()
                                .filter(other -> other.nodeId().equals(leader))
                                .isPresent());
        assertThat(shardAt(follower).term()).isEqualTo(term);
    }

    @Test
    void nodeThatSeesTheLeaderDoesNotStandForElection() throws IOException {
        String follower = follower();
        ShardStatus before = shardAt(follower);
        cluster.ask(follower, new NodeRequest.Stand("0", before.leader().orElseThrow()));
        await().during(Duration.ofSeconds(2)).atMost(SOON).untilAsserted(() -> {
            assertThat(shardAt(follower).term()).isEqualTo(before.term());
            assertThat(shardAt(follower).leader()).isEqualTo(before.leader());
        });
    }

    private ShardStatus shardAt(String nodeId) throws IOException {
        return NodeState.decode(cluster.ask(nodeId, new NodeRequest.AskState()))
                .shard("0")
                .orElseThrow();
    }

    @Test
    void nodesReplicasAndMetricsAreShown() throws IOException {
        cluster.publish("one");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(cluster.describe()).satisfies(description -> {
                    assertThat(description.clusterId()).isPresent();
                    assertThat(description.coordinator()).contains("n1");
                    assertThat(description.nodes()).hasSize(3).allSatisfy(node -> {
                        assertThat(node.isPresent()).isTrue();
                        assertThat(node.usableDiskBytes().orElseThrow()).isPositive();
                        assertThat(node.problems()).isEmpty();
                    });
                    assertThat(description.shards().get(0).replicas())
                            .allSatisfy(
                                    replica -> assertThat(replica.lagEntries().orElseThrow())
                                            .isZero());
                }));
        String text = scrape(cluster.leader());
        assertThat(text)
                .contains("mq_cluster_nodes 3.0")
                .contains("mq_shard_leader{shard=\"0\"} 1.0")
                .containsPattern("mq_shard_lag_entries\\{node=\"n[123]\",shard=\"0\"} 0.0")
                .containsPattern("mq_shard_term\\{shard=\"0\"} [1-9]")
                .containsPattern("mq_shard_snapshot_sent_bytes_total\\{shard=\"0\"} \\d");
        String page = Files.readString(METRICS_PAGE);
        assertThat(names("\\| `(mq_\\w+)` \\|", page.substring(page.indexOf("## In a cluster"))))
                .isEqualTo(names("# TYPE (mq_(?:cluster|shard)_\\w+) ", text));
    }

    private static String scrape(LocalCluster.Node node) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.builder()
                .build()
                .write(text, node.metrics().registry().scrape());
        return text.toString(StandardCharsets.UTF_8);
    }

    private static Set<String> names(String pattern, String text) {
        Set<String> names = new TreeSet<>();
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }
}
