package io.mq.core.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.batch.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VoterPlacementTest {

    private static final Set<String> FIVE = Set.of("a", "b", "c", "d", "e");
    private static final int SEEDS = 2000;
    private static final int STEPS = 20;

    private static ShardVoters shard(String name, String leader, Set<String> voters, Set<String> observers) {
        return new ShardVoters(name, new TreeSet<>(voters), new TreeSet<>(observers), Optional.ofNullable(leader));
    }

    private static List<VoterChange> propose(Set<String> present, Set<String> gone, ShardVoters... shards) {
        return VoterPlacement.propose(3, present, present, gone, List.of(shards));
    }

    private static VoterChange change(String shard, String promoted, String demoted) {
        return new VoterChange(shard, Optional.ofNullable(promoted), Optional.ofNullable(demoted));
    }

    @Test
    void threeOfFiveVote() {
        assertThat(propose(FIVE, Set.of(), shard("0", "a", Set.of("a", "b", "c"), Set.of("d", "e"))))
                .isEmpty();
        assertThat(propose(FIVE, Set.of(), shard("0", "a", Set.of("a", "b"), Set.of("c", "d", "e"))))
                .containsExactly(change("0", "c", null));
        assertThat(propose(FIVE, Set.of(), shard("0", "a", FIVE, Set.of()))).containsExactly(change("0", null, "b"));
    }

    @Test
    void whoeverIsAwayIsReplacedWhenThatLasts() {
        Set<String> present = Set.of("a", "b", "d");
        ShardVoters shard = shard("0", "a", Set.of("a", "b", "c"), Set.of("d", "e"));
        assertThat(propose(present, Set.of(), shard)).isEmpty();
        assertThat(propose(present, Set.of("c", "e"), shard)).containsExactly(change("0", "d", "c"));
        assertThat(propose(Set.of("a", "b"), Set.of("c", "d", "e"), shard)).isEmpty();
    }

    @Test
    void whoeverIsAwayLosesASuperfluousVoteFirst() {
        assertThat(propose(
                        Set.of("a", "b", "c", "e"), Set.of(), shard("0", "a", Set.of("a", "b", "c", "d"), Set.of("e"))))
                .containsExactly(change("0", null, "d"));
    }

    @Test
    void onlyWhoIsAbleIsGivenAVote() {
        assertThat(VoterPlacement.propose(
                        3,
                        FIVE,
                        Set.of("a", "b", "e"),
                        Set.of(),
                        List.of(shard("0", "a", Set.of("a", "b"), Set.of("c", "d", "e")))))
                .containsExactly(change("0", "e", null));
    }

    @Test
    void votesMoveToNodesThatCome() {
        Set<String> old = Set.of("a", "b", "c");
        Set<String> next = Set.of("d", "e");
        assertThat(propose(FIVE, Set.of(), shard("0", "a", old, next), shard("1", "b", old, next)))
                .containsExactly(change("0", "d", "b"));
    }

    @Test
    void nothingMovesForEvennessWhileSomebodyIsAwayOrNobodyLeads() {
        Set<String> old = Set.of("a", "b", "c");
        Set<String> next = Set.of("d", "e");
        assertThat(propose(
                        Set.of("a", "b", "d", "e"), Set.of(), shard("0", "a", old, next), shard("1", "b", old, next)))
                .isEmpty();
        assertThat(propose(FIVE, Set.of(), shard("0", null, old, next), shard("1", null, old, next)))
                .isEmpty();
    }

    /** Nodes come and go, others lead, and wishes come true or not: in the end there is nothing left to wish for. */
    @Test
    void settlesWithSoManyVotersEvenlySpread() {
        Seeds.forEach(SEEDS, random -> new History(random).run());
    }

    private static final class History {

        private final Random random;
        private final List<String> nodes;
        private final int factor;
        private final Set<String> present;
        private final Map<String, ShardVoters> shards = new TreeMap<>();

        History(Random random) {
            this.random = random;
            this.nodes = IntStream.rangeClosed(1, 1 + random.nextInt(7))
                    .mapToObj(i -> "n" + i)
                    .toList();
            this.factor = 1 + 2 * random.nextInt(3);
            this.present = new TreeSet<>(nodes);
            for (int i = 0; i < 1 + random.nextInt(8); i++) {
                List<String> shuffled = new ArrayList<>(nodes);
                Collections.shuffle(shuffled, random);
                int voters = 1 + random.nextInt(nodes.size());
                shards.put(
                        "s" + i,
                        shard(
                                "s" + i,
                                shuffled.get(0),
                                Set.copyOf(shuffled.subList(0, voters)),
                                Set.copyOf(shuffled.subList(voters, nodes.size()))));
            }
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                disturb();
                Set<String> gone = new HashSet<>(nodes);
                gone.removeAll(present);
                propose(random.nextBoolean() ? gone : Set.of()).stream()
                        .filter(change -> random.nextInt(4) > 0)
                        .forEach(this::follow);
            }
            present.addAll(nodes);
            int left = 10 * nodes.size() * shards.size();
            for (List<VoterChange> changes = propose(Set.of()); !changes.isEmpty(); changes = propose(Set.of())) {
                changes.forEach(this::follow);
                assertThat(left--).as("changes until it settles").isPositive();
            }
            int expected = Math.min(factor, nodes.size());
            assertThat(shards.values())
                    .allSatisfy(shard -> assertThat(shard.voters())
                            .hasSize(expected)
                            .contains(shard.leader().orElseThrow()));
            if (expected > 1) {
                Map<String, Integer> votes = new HashMap<>();
                nodes.forEach(node -> votes.put(node, 0));
                shards.values().forEach(shard -> shard.voters().forEach(node -> votes.merge(node, 1, Integer::sum)));
                int most = Collections.max(votes.values());
                // A leader keeps its vote; coordinators spread those.
                assertThat(most - Collections.min(votes.values()))
                        .as("%s", shards)
                        .isLessThanOrEqualTo(Math.max(1, mostLed()));
            }
        }

        private int mostLed() {
            Map<String, Integer> led = new HashMap<>();
            shards.values().forEach(shard -> led.merge(shard.leader().orElseThrow(), 1, Integer::sum));
            return Collections.max(led.values());
        }

        private List<VoterChange> propose(Set<String> gone) {
            List<ShardVoters> shuffled = new ArrayList<>(shards.values());
            Collections.shuffle(shuffled, random);
            List<VoterChange> changes = VoterPlacement.propose(factor, present, present, gone, shuffled);
            assertThat(changes).extracting(VoterChange::shard).doesNotHaveDuplicates();
            assertThat(changes).allSatisfy(change -> {
                ShardVoters shard = shards.get(change.shard());
                assertThat(change.promoted().stream()).allMatch(shard.observers()::contains);
                assertThat(change.promoted().stream()).allMatch(present::contains);
                assertThat(change.demoted().stream()).allMatch(shard.voters()::contains);
                assertThat(change.demoted()).isNotEqualTo(shard.leader());
            });
            return changes;
        }

        private void follow(VoterChange change) {
            ShardVoters shard = shards.get(change.shard());
            change.promoted().ifPresent(node -> {
                shard.observers().remove(node);
                shard.voters().add(node);
            });
            change.demoted().ifPresent(node -> {
                shard.voters().remove(node);
                shard.observers().add(node);
            });
        }

        private void disturb() {
            String node = nodes.get(random.nextInt(nodes.size()));
            if (!present.remove(node)) {
                present.add(node);
            }
            shards.replaceAll((name, shard) -> {
                List<String> able =
                        shard.voters().stream().filter(present::contains).toList();
                return random.nextInt(3) > 0 || able.isEmpty()
                        ? shard
                        : shard(name, able.get(random.nextInt(able.size())), shard.voters(), shard.observers());
            });
        }
    }
}
