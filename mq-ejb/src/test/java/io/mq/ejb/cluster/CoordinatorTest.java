package io.mq.ejb.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.core.cluster.NodeAddresses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What the coordinator asks of whom, in a cluster of n1, n2 and n3 in which n3's log is the longest. */
class CoordinatorTest {

    private static final Set<String> VOTERS = new TreeSet<>(Set.of("n1.1", "n2.1", "n3.1"));

    private final AtomicLong clock = new AtomicLong();
    private final List<String> asked = new ArrayList<>();
    private final Coordinator coordinator = new Coordinator(new Answering(), clock::get);

    /** Nobody is there, and nobody may be asked. */
    static class NoPeers implements Peers {

        @Override
        public List<NodeInfo> present() {
            return List.of();
        }

        @Override
        public int unknown() {
            return 0;
        }

        @Override
        public void announce(NodeInfo self) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<byte[]> ask(String nodeId, byte[] request, Duration timeout) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<byte[]> propose(String nodeId, byte[] proposal) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    private final class Answering extends NoPeers {

        @Override
        public CompletableFuture<byte[]> ask(String nodeId, byte[] request, Duration timeout) {
            try {
                NodeRequest decoded = NodeRequest.decode(request);
                if (decoded instanceof NodeRequest.AskState) {
                    LogEnd end = new LogEnd(1, nodeId.equals("n3") ? 100 : 90);
                    ShardStatus shard =
                            new ShardStatus(false, 1, Optional.empty(), VOTERS, Set.of(), true, end, Map.of());
                    return CompletableFuture.completedFuture(
                            new NodeState("1", 1, List.of(), Map.of("0", shard)).encoded());
                }
                asked.add(nodeId + " " + decoded);
                return CompletableFuture.completedFuture(new byte[0]);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static NodeInfo node(String nodeId) {
        return new NodeInfo(
                new NodeAddresses(nodeId, "grpc", "http"),
                nodeId + ".1",
                Optional.empty(),
                "",
                "",
                true,
                false,
                true,
                1);
    }

    private static Map<String, ShardStatus> led(String leader, long term) {
        return Map.of("0", status(leader, term));
    }

    private static ShardStatus status(String leader, long term) {
        return new ShardStatus(
                false, term, Optional.of(leader), VOTERS, Set.of(), true, new LogEnd(term, 90), Map.of());
    }

    private void pass(long seconds) {
        clock.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void leaderThatIsWellStays() {
        coordinator.step("n1", List.of(node("n1"), node("n2"), node("n3")), led("n2.1", 1));
        assertThat(asked).isEmpty();
    }

    @Test
    void goneLeaderIsReplacedByTheOneWithMostOfTheLog() {
        coordinator.step("n1", List.of(node("n1"), node("n3")), led("n2.1", 1));
        assertThat(asked).containsExactly("n3 Stand[shard=0, goneLeader=n2.1]");
    }

    @Test
    void onlyTheCoordinatorOfAMajorityAsks() {
        coordinator.step("n3", List.of(node("n1"), node("n3")), led("n2.1", 1));
        coordinator.step("n1", List.of(node("n1")), led("n2.1", 1));
        assertThat(asked).isEmpty();
    }

    @Test
    void nobodyIsAskedTwiceForATermNorAgainAndAgainForTheNextOnes() {
        List<NodeInfo> present = List.of(node("n1"), node("n3"));
        coordinator.step("n1", present, led("n2.1", 1));
        coordinator.step("n1", present, led("n2.1", 1));
        pass(5);
        coordinator.step("n1", present, led("n2.1", 2));
        assertThat(asked).hasSize(1);
        pass(6);
        coordinator.step("n1", present, led("n2.1", 1));
        assertThat(asked).hasSize(1);
        coordinator.step("n1", present, led("n2.1", 3));
        assertThat(asked).hasSize(2);
    }

    @Test
    void drainingLeaderHandsOverAndIsReminded() {
        List<NodeInfo> present = List.of(node("n1"), node("n2").withDraining(true), node("n3"));
        coordinator.step("n1", present, led("n2.1", 1));
        coordinator.step("n1", present, led("n2.1", 1));
        assertThat(asked).containsExactly("n2 HandOver[shard=0, peerId=n1.1]");
        pass(6);
        coordinator.step("n1", present, led("n2.1", 1));
        assertThat(asked).hasSize(2);
    }

    @Test
    void leaderWithoutRoomHandsOverToOneThatHas() {
        List<NodeInfo> present =
                List.of(node("n1").withFitness(false), node("n2").withFitness(false), node("n3"));
        coordinator.step("n1", present, led("n2.1", 1));
        assertThat(asked).containsExactly("n2 HandOver[shard=0, peerId=n3.1]");
    }

    @Test
    void shardsAreSpreadOverTheNodesOneByOne() {
        List<NodeInfo> present = List.of(node("n1"), node("n2"), node("n3"));
        Map<String, ShardStatus> shards =
                Map.of("0", status("n2.1", 1), "1", status("n2.1", 1), "2", status("n2.1", 1));
        coordinator.step("n1", present, shards);
        assertThat(asked)
                .hasSize(2)
                .allSatisfy(each -> assertThat(each).startsWith("n2 HandOver"))
                .anySatisfy(each -> assertThat(each).endsWith("peerId=n1.1]"))
                .anySatisfy(each -> assertThat(each).endsWith("peerId=n3.1]"));
    }

    @Test
    void nobodyIsNominatedWhereAllDrain() {
        List<NodeInfo> present = List.of(
                node("n1").withDraining(true),
                node("n2").withDraining(true),
                node("n3").withDraining(true));
        coordinator.step("n1", present, led("n2.1", 1));
        assertThat(asked).isEmpty();
    }
}
