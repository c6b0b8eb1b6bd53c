package io.mq.core.placement;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Has so many replicas of each shard vote as there are to be, where there are enough, puts others in the place of those
 * that have been gone for long, and spreads the votes over the nodes. All other replicas observe: they have everything as
 * well, so a change of who votes moves no data. Where everybody follows its wishes, it comes to have none.
 */
public final class VoterPlacement {

    /** How many more votes a node has than another one before one of them moves: one less would go to and fro. */
    private static final int UNEVEN = 2;

    private final int factor;
    private final Set<String> present;
    private final Set<String> able;
    private final Set<String> gone;
    private final SortedMap<String, ShardVoters> shards = new TreeMap<>();

    /** By node: in how many shards it votes. */
    private final Map<String, Integer> votes = new HashMap<>();

    private VoterPlacement(
            int factor, Set<String> present, Set<String> able, Set<String> gone, Collection<ShardVoters> shards) {
        this.factor = factor;
        this.present = present;
        this.able = able;
        this.gone = gone;
        shards.forEach(shard -> this.shards.put(shard.shard(), shard));
        shards.forEach(shard -> shard.voters().forEach(node -> votes.merge(node, 1, Integer::sum)));
    }

    /**
     * Computes what should change; a pure function of its arguments, whatever their order.
     *
     * @param factor how many replicas of a shard are to vote, from 1 on
     * @param present the nodes that are there
     * @param able those of them that may be given a vote
     * @param gone those that have not been there for so long that others are to vote in their place
     * @return one change at the most for each shard, in the order of the shards' names; none takes the vote from a leader
     */
    public static List<VoterChange> propose(
            int factor, Set<String> present, Set<String> able, Set<String> gone, Collection<ShardVoters> shards) {
        VoterPlacement placement = new VoterPlacement(factor, present, able, gone, shards);
        List<VoterChange> changes = new ArrayList<>();
        placement.shards.values().forEach(shard -> placement.mend(shard).ifPresent(changes::add));
        if (changes.isEmpty()) {
            placement.evenOut().ifPresent(changes::add);
        }
        return changes;
    }

    /** What a shard needs by itself. */
    private Optional<VoterChange> mend(ShardVoters shard) {
        Optional<String> next = leastLoaded(shard.observers(), able);
        if (shard.voters().size() < factor) {
            return next.map(node -> change(shard, next, Optional.empty()));
        }
        if (shard.voters().size() > factor) {
            return dispensable(shard).map(node -> change(shard, Optional.empty(), Optional.of(node)));
        }
        Optional<String> lost = movable(shard).stream().filter(gone::contains).findFirst();
        return lost.isPresent() && next.isPresent() ? Optional.of(change(shard, next, lost)) : Optional.empty();
    }

    private Optional<String> leastLoaded(SortedSet<String> nodes, Set<String> among) {
        return nodes.stream().filter(among::contains).min(Comparator.comparing(this::load));
    }

    /** Rather one that is not there, and rather one that votes in many shards. */
    private Optional<String> dispensable(ShardVoters shard) {
        return movable(shard).stream()
                .min(Comparator.comparing((String node) -> present.contains(node))
                        .thenComparing(node -> -load(node)));
    }

    /** Those whose vote may be taken. */
    private static SortedSet<String> movable(ShardVoters shard) {
        SortedSet<String> movable = new TreeSet<>(shard.voters());
        shard.leader().ifPresent(movable::remove);
        return movable;
    }

    private VoterChange change(ShardVoters shard, Optional<String> promoted, Optional<String> demoted) {
        promoted.ifPresent(node -> votes.merge(node, 1, Integer::sum));
        demoted.ifPresent(node -> votes.merge(node, -1, Integer::sum));
        return new VoterChange(shard.shard(), promoted, demoted);
    }

    private int load(String node) {
        return votes.getOrDefault(node, 0);
    }

    /** The move of one vote that makes the spread most even. Ends: each makes the sum of the squares of all loads smaller. */
    private Optional<VoterChange> evenOut() {
        Optional<VoterChange> best = Optional.empty();
        int bestGain = UNEVEN - 1;
        for (ShardVoters shard : shards.values()) {
            Optional<String> from = movable(shard).stream().max(Comparator.comparing(this::load));
            Optional<String> to = leastLoaded(shard.observers(), able);
            boolean isWhole = shard.leader().isPresent() && present.containsAll(shard.voters());
            if (isWhole && from.isPresent() && to.isPresent() && load(from.get()) - load(to.get()) > bestGain) {
                bestGain = load(from.get()) - load(to.get());
                best = Optional.of(new VoterChange(shard.shard(), to, from));
            }
        }
        return best;
    }
}
