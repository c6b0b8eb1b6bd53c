package io.mq.core.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LeaderPlacementTest {

    private static final Set<String> THREE = Set.of("a", "b", "c");

    private static ShardReplicas shard(String name, String leader, String... nodes) {
        return new ShardReplicas(name, new TreeSet<>(Set.of(nodes)), Optional.ofNullable(leader));
    }

    private static List<Nomination> nominate(ShardReplicas... shards) {
        return LeaderPlacement.nominate(THREE, Set.of(), List.of(shards));
    }

    @Test
    void leadersOfAnEvenSpreadStay() {
        assertThat(nominate(
                        shard("1", "a", "a", "b", "c"),
                        shard("2", "a", "a", "b", "c"),
                        shard("3", "b", "a", "b", "c"),
                        shard("4", "c", "a", "b", "c")))
                .isEmpty();
    }

    @Test
    void shardsWithoutALeaderAreSpread() {
        assertThat(nominate(
                        shard("1", null, "a", "b", "c"),
                        shard("2", null, "a", "b", "c"),
                        shard("3", null, "a", "b", "c")))
                .containsExactly(
                        new Nomination("1", "a", false),
                        new Nomination("2", "b", false),
                        new Nomination("3", "c", false));
    }

    @Test
    void whatALostNodeLedIsStoodForByTheOthers() {
        assertThat(LeaderPlacement.nominate(
                        Set.of("b", "c"),
                        Set.of(),
                        List.of(
                                shard("1", "a", "a", "b", "c"),
                                shard("2", "b", "a", "b", "c"),
                                shard("3", "c", "a", "b", "c"))))
                .containsExactly(new Nomination("1", "b", false));
    }

    @Test
    void nodeThatComesIsHandedItsShareAndNoMore() {
        assertThat(nominate(
                        shard("1", "a", "a", "b", "c"),
                        shard("2", "a", "a", "b", "c"),
                        shard("3", "a", "a", "b", "c"),
                        shard("4", "b", "a", "b", "c"),
                        shard("5", "b", "a", "b", "c"),
                        shard("6", "b", "a", "b", "c")))
                .containsExactly(new Nomination("1", "c", true), new Nomination("4", "c", true));
    }

    @Test
    void drainingNodeHandsOverAllItLeads() {
        assertThat(LeaderPlacement.nominate(
                        THREE, Set.of("a"), List.of(shard("1", "a", "a", "b", "c"), shard("2", "b", "a", "b", "c"))))
                .containsExactly(new Nomination("1", "c", true));
    }

    /** a cannot relieve itself by a move to c, which has no replica of its shards, but b can pass one on. */
    @Test
    void moveThroughAThirdNodeIsFound() {
        assertThat(nominate(shard("1", "a", "a", "b"), shard("2", "a", "a", "b"), shard("3", "b", "b", "c")))
                .containsExactly(new Nomination("1", "b", true), new Nomination("3", "c", true));
    }

    @Test
    void shardWithoutAReplicaThatIsThereHasNoNomination() {
        assertThat(nominate(shard("1", "x", "x", "y"))).isEmpty();
        assertThat(LeaderPlacement.nominate(Set.of(), Set.of(), List.of(shard("1", "a", "a"))))
                .isEmpty();
    }
}
