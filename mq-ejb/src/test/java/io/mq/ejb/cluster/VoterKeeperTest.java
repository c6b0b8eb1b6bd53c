package io.mq.ejb.cluster;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is asked of whom, in a cluster of four in which n1, n2 and n3 vote, and n2 leads. */
class VoterKeeperTest {

    private final AtomicLong clock = new AtomicLong();
    private final List<String> asked = new ArrayList<>();
    private final VoterKeeper keeper = new VoterKeeper(3, new Asked(), clock::get);

    private final class Asked extends CoordinatorTest.NoPeers {

        @Override
        public CompletableFuture<byte[]> ask(String nodeId, byte[] request, Duration timeout) {
            try {
                asked.add(nodeId + " " + NodeRequest.decode(request));
                return CompletableFuture.completedFuture(new byte[0]);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static List<NodeInfo> nodes(String... nodeIds) {
        return Stream.of(nodeIds).map(CoordinatorTest::node).toList();
    }

    private static Map<String, ShardStatus> shard(Set<String> voters, Set<String> observers) {
        return shard(voters, observers, true);
    }

    private static Map<String, ShardStatus> shard(Set<String> voters, Set<String> observers, boolean isSettled) {
        return Map.of(
                "0",
                new ShardStatus(
                        false,
                        1,
                        Optional.of("n2.1"),
                        new TreeSet<>(voters),
                        new TreeSet<>(observers),
                        isSettled,
                        new LogEnd(1, 90),
                        Map.of()));
    }

    private static Map<String, ShardStatus> threeOfFour() {
        return shard(Set.of("n1.1", "n2.1", "n3.1"), Set.of("n4.1"));
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    @Test
    void voterThatIsGoneForLongIsReplaced() {
        List<NodeInfo> present = nodes("n1", "n2", "n4");
        keeper.step("n1", present, threeOfFour());
        pass(VoterKeeper.GONE_AFTER.minusSeconds(1));
        keeper.step("n1", present, threeOfFour());
        assertThat(asked).isEmpty();
        pass(Duration.ofSeconds(1));
        keeper.step("n1", present, threeOfFour());
        keeper.step("n1", present, threeOfFour());
        assertThat(asked).containsExactly("n2 ChangeVoters[shard=0, promoted=Optional[n4.1], demoted=Optional[n3.1]]");
        pass(Duration.ofSeconds(5));
        keeper.step("n1", present, threeOfFour());
        assertThat(asked).hasSize(2);
    }

    @Test
    void voterThatComesAndGoesIsNot() {
        keeper.step("n1", nodes("n1", "n2", "n4"), threeOfFour());
        pass(VoterKeeper.GONE_AFTER.minusSeconds(1));
        keeper.step("n1", nodes("n1", "n2", "n3", "n4"), threeOfFour());
        pass(Duration.ofSeconds(2));
        keeper.step("n1", nodes("n1", "n2", "n4"), threeOfFour());
        assertThat(asked).isEmpty();
    }

    /** It has watched, too, so that it need not begin to when the coordinator is what has gone. */
    @Test
    void onlyTheCoordinatorAsks() {
        keeper.step("n4", nodes("n2", "n3", "n4"), threeOfFour());
        pass(VoterKeeper.GONE_AFTER);
        keeper.step("n4", nodes("n2", "n3", "n4"), threeOfFour());
        assertThat(asked).isEmpty();
        keeper.step("n2", nodes("n2", "n3", "n4"), threeOfFour());
        assertThat(asked).containsExactly("n2 ChangeVoters[shard=0, promoted=Optional[n4.1], demoted=Optional[n1.1]]");
    }

    @Test
    void changesComeOneAfterTheOther() {
        keeper.step("n1", nodes("n1", "n2", "n4"), shard(Set.of("n1.1", "n2.1"), Set.of("n3.1", "n4.1"), false));
        assertThat(asked).isEmpty();
        keeper.step("n1", nodes("n1", "n2", "n4"), shard(Set.of("n1.1", "n2.1"), Set.of("n3.1", "n4.1")));
        assertThat(asked).containsExactly("n2 ChangeVoters[shard=0, promoted=Optional[n4.1], demoted=Optional.empty]");
    }

    @Test
    void nodeThatIsAboutToGoIsGivenNoVote() {
        List<NodeInfo> present = List.of(
                CoordinatorTest.node("n1"),
                CoordinatorTest.node("n2"),
                CoordinatorTest.node("n3"),
                CoordinatorTest.node("n4").withDraining(true));
        keeper.step("n1", present, shard(Set.of("n1.1", "n2.1"), Set.of("n4.1")));
        assertThat(asked).isEmpty();
    }
}
