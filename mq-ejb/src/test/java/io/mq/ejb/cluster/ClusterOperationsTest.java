package io.mq.ejb.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mq.batch.Record;
import io.mq.core.broker.Broker;
import io.mq.core.broker.BrokerConfig;
import io.mq.core.broker.BrokerObserver;
import io.mq.core.broker.BrokerPlatform;
import io.mq.core.broker.PublishRequest;
import io.mq.core.cluster.ClusterDescription;
import io.mq.core.cluster.ClusterDescription.Replica;
import io.mq.core.cluster.ClusterDescription.Role;
import io.mq.core.config.Configuration;
import io.mq.core.config.SocketAddresses.HostAndPort;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.TopicConfig;
import io.mq.ejb.derby.DerbyCheckpointStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three whole brokers in one process, and what an operator asks of them. */
class ClusterOperationsTest {

    private static final Duration SOON = Duration.ofSeconds(40);

    @TempDir
    private Path directory;

    private final LocalNetwork network = new LocalNetwork();
    private final Map<String, HostAndPort> addresses = new TreeMap<>();
    private final Map<String, Node> running = new TreeMap<>();

    private record Node(ClusterNode seat, Broker broker) {}

    @BeforeEach
    void startThree() throws IOException {
        for (String nodeId : List.of("n1", "n2", "n3")) {
            addresses.put(nodeId, new HostAndPort("127.0.0.1", SingleReplica.freePort()));
        }
        for (String nodeId : addresses.keySet()) {
            start(nodeId, directory.resolve(nodeId));
        }
        awaitRoles(Role.LEADER, Role.FOLLOWER, Role.FOLLOWER);
    }

    @AfterEach
    void stopAll() throws IOException {
        for (String nodeId : List.copyOf(running.keySet())) {
            stop(nodeId);
        }
        network.close();
    }

    private void start(String nodeId, Path data) {
        HostAndPort address = addresses.get(nodeId);
        ClusterNode seat = new ClusterNode(
                new ClusterConfig(
                        nodeId, address, List.copyOf(addresses.values()), Duration.ofMillis(500), address, address),
                network);
        Map<String, String> settings = Map.of(
                "mq.data-dir", data.toString(),
                "mq.journal.file-bytes", "2MiB",
                "mq.limits.message-bytes-max", "512KiB",
                "mq.storage.free-bytes-min", "0");
        Configuration configuration =
                Configuration.read(settings.keySet(), key -> Optional.ofNullable(settings.get(key)));
        Broker broker = Broker.open(
                BrokerConfig.from(configuration),
                BrokerPlatform.real(BrokerObserver.NONE),
                DerbyCheckpointStore::open,
                seat);
        running.put(nodeId, new Node(seat, broker));
    }

    private void stop(String nodeId) throws IOException {
        Node node = running.remove(nodeId);
        node.broker.close();
        node.seat.close();
    }

    private ClusterDescription describe() {
        return done(running.values().iterator().next().broker.cluster().describe());
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
                .untilAsserted(() -> assertThat(roles(describe())).containsExactlyInAnyOrder(roles));
    }

    private static List<Role> roles(ClusterDescription cluster) {
        return cluster.shards().stream()
                .flatMap(shard -> shard.replicas().stream())
                .map(Replica::role)
                .toList();
    }

    private static String leader(ClusterDescription cluster) {
        return cluster.shards().get(0).leader().orElseThrow();
    }

    private static String follower(ClusterDescription cluster) {
        return cluster.shards().get(0).replicas().stream()
                .filter(replica -> replica.role() == Role.FOLLOWER)
                .map(Replica::nodeId)
                .findFirst()
                .orElseThrow();
    }

    /** At the node that leads; it may take a moment until it does. */
    private void publish(String payload) {
        await().atMost(SOON).ignoreExceptions().until(() -> {
            Broker broker = running.get(leader(describe())).broker;
            broker.topics().create("orders", 1, TopicConfig.DEFAULTS).join();
            return broker.publisher()
                            .publish(new PublishRequest(
                                    "orders",
                                    OptionalInt.empty(),
                                    new Record(
                                            Optional.empty(),
                                            ByteBuffer.wrap(payload.getBytes(StandardCharsets.UTF_8)),
                                            List.of()),
                                    false,
                                    Optional.empty()))
                            .join()
                    != null;
        });
    }

    @Test
    void drainedNodeLeadsNothingUntilItIsResumed() {
        String leader = leader(describe());
        ClusterDescription drained = done(running.get(leader).broker.cluster().drain(leader));
        assertThat(leader(drained)).isNotEqualTo(leader);
        assertThat(drained.nodes())
                .filteredOn(ClusterDescription.Node::isDraining)
                .extracting(ClusterDescription.Node::nodeId)
                .containsExactly(leader);
        String next = leader(drained);
        assertThat(refusal(running.get(next).broker.cluster().transfer("0", leader))
                        .reason())
                .isEqualTo(Reason.NODE_NOT_READY);
        assertThat(done(running.get(next).broker.cluster().resume(leader)).nodes())
                .noneMatch(ClusterDescription.Node::isDraining);
        assertThat(leader(done(running.get(next).broker.cluster().transfer("0", leader))))
                .isEqualTo(leader);
        publish("after");
    }

    @Test
    void removedNodeIsOutForGoodAndComesBackWithEmptyHands() throws IOException {
        publish("before");
        String leader = leader(describe());
        String removed = follower(describe());
        ClusterDescription two = done(running.get(leader).broker.cluster().remove(removed));
        assertThat(two.shards().get(0).replicas())
                .extracting(Replica::nodeId)
                .hasSize(2)
                .doesNotContain(removed);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(running.get(removed).seat.problems())
                        .singleElement()
                        .asString()
                        .contains("was removed"));
        stop(removed);
        start(removed, directory.resolve(removed));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(running.get(removed).seat.problems())
                        .singleElement()
                        .asString()
                        .contains("was removed"));
        stop(removed);
        start(removed, directory.resolve("anew"));
        awaitRoles(Role.LEADER, Role.FOLLOWER, Role.FOLLOWER);
        publish("after");
    }

    @Test
    void nodeThatWasRemovedWhileItWasAwayFindsOut() throws IOException {
        String leader = leader(describe());
        String removed = follower(describe());
        stop(removed);
        awaitRoles(Role.LEADER, Role.FOLLOWER, Role.ABSENT);
        done(running.get(leader).broker.cluster().remove(removed));
        awaitRoles(Role.LEADER, Role.FOLLOWER);
        start(removed, directory.resolve(removed));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(running.get(removed).seat.problems())
                        .singleElement()
                        .asString()
                        .contains("was removed"));
        publish("after");
    }

    @Test
    void removedLeaderIsReplacedFirst() {
        publish("before");
        String leader = leader(describe());
        ClusterDescription two = done(running.get(leader).broker.cluster().remove(leader));
        assertThat(leader(two)).isNotEqualTo(leader);
        assertThat(two.shards().get(0).replicas()).hasSize(2);
    }

    @Test
    void whatWouldLoseTheMajorityIsRefused() throws IOException {
        String leader = leader(describe());
        String lost = follower(describe());
        stop(lost);
        awaitRoles(Role.LEADER, Role.FOLLOWER, Role.ABSENT);
        String other = follower(describe());
        assertThat(refusal(running.get(leader).broker.cluster().remove(other)))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.MAJORITY_AT_RISK))
                .hasMessageContaining("2 would be left");
        assertThat(refusal(running.get(leader).broker.cluster().drain(leader)).reason())
                .isEqualTo(Reason.MAJORITY_AT_RISK);
        assertThat(refusal(running.get(leader).broker.cluster().drain(lost)).reason())
                .isEqualTo(Reason.NODE_NOT_READY);
        assertThat(refusal(running.get(other).broker.cluster().drain("n9")).reason())
                .isEqualTo(Reason.NODE_NOT_FOUND);
        assertThat(refusal(running.get(other).broker.cluster().transfer("7", other))
                        .reason())
                .isEqualTo(Reason.SHARD_NOT_FOUND);
        publish("after");
    }

    @Test
    void descriptionSaysHowNodesAndReplicasAre() {
        publish("one");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(describe()).satisfies(cluster -> {
                    assertThat(cluster.clusterId()).isPresent();
                    assertThat(cluster.coordinator()).isPresent();
                    assertThat(cluster.nodes()).hasSize(3).allSatisfy(node -> {
                        assertThat(node.isPresent()).isTrue();
                        assertThat(node.usableDiskBytes().orElseThrow()).isPositive();
                        assertThat(node.problems()).isEmpty();
                    });
                    assertThat(cluster.shards().get(0).replicas())
                            .allSatisfy(
                                    replica -> assertThat(replica.lagEntries().orElseThrow())
                                            .isZero());
                }));
        Node leading = running.get(leader(describe()));
        assertThat(leading.broker.status().cluster().orElseThrow().shards())
                .singleElement()
                .satisfies(shard -> {
                    assertThat(shard.isLeading()).isTrue();
                    assertThat(shard.lagEntries()).hasSize(2);
                });
    }
}
