package io.mq.core.placement;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Spreads the leadership of shards over the nodes as evenly as their replicas allow. A leader that can stay does; one is
 * moved only where that makes the spread more even. Where everybody follows its nominations, it has none to make the
 * next time.
 *
 * <p>A spread is the most even one when no chain of moves, each from a shard's leader to another of its replicas, leads
 * from a node to one that leads two shards fewer: Harvey, Ladner, Lovász, Tamir, "Semi-matchings for bipartite graphs
 * and load balancing", Journal of Algorithms 59 (2006).
 */
public final class LeaderPlacement {

    /** Nodes that may lead. */
    private final SortedSet<String> nodes;

    private final SortedMap<String, ShardReplicas> shards = new TreeMap<>();

    /** By shard. */
    private final SortedMap<String, String> leaders = new TreeMap<>();

    /** By node: how many shards it leads. */
    private final Map<String, Integer> loads = new HashMap<>();

    private LeaderPlacement(Collection<String> nodes, Collection<ShardReplicas> shards) {
        this.nodes = new TreeSet<>(nodes);
        shards.forEach(shard -> this.shards.put(shard.shard(), shard));
        nodes.forEach(node -> loads.put(node, 0));
    }

    /**
     * Computes who should lead what; a pure function of its arguments, whatever their order.
     *
     * @param present the nodes that are there
     * @param draining those of them that are to lead nothing, because they are about to go, or have no room
     * @return one nomination at the most for each shard, in the order of the shards' names; none for a shard that has no
     *     replica which might lead
     */
    public static List<Nomination> nominate(
            Set<String> present, Set<String> draining, Collection<ShardReplicas> shards) {
        SortedSet<String> able = new TreeSet<>(present);
        able.removeAll(draining);
        LeaderPlacement placement = new LeaderPlacement(able, shards);
        placement.keepLeaders();
        placement.fillVacancies();
        placement.evenOut();
        return placement.nominations(present);
    }

    private void keepLeaders() {
        for (ShardReplicas shard : shards.values()) {
            shard.leader().filter(candidates(shard)::contains).ifPresent(leader -> appoint(shard.shard(), leader));
        }
    }

    private void fillVacancies() {
        for (ShardReplicas shard : shards.values()) {
            if (!leaders.containsKey(shard.shard())) {
                candidates(shard).stream()
                        .min(Comparator.comparing(loads::get))
                        .ifPresent(node -> appoint(shard.shard(), node));
            }
        }
    }

    private SortedSet<String> candidates(ShardReplicas shard) {
        SortedSet<String> candidates = new TreeSet<>(shard.nodes());
        candidates.retainAll(nodes);
        return candidates;
    }

    private void appoint(String shard, String node) {
        String before = leaders.put(shard, node);
        if (before != null) {
            loads.merge(before, -1, Integer::sum);
        }
        loads.merge(node, 1, Integer::sum);
    }

    /** Ends, because each chain of moves makes the sum of the squares of all loads smaller. */
    private void evenOut() {
        while (nodes.stream().anyMatch(this::relieve)) {
            // The next node may be relieved through one that was looked at before.
        }
    }

    /** Moves shards along a shortest chain from this node to one that leads two fewer. */
    private boolean relieve(String loaded) {
        Map<String, Nomination> reachedBy = new HashMap<>();
        Queue<String> reached = new ArrayDeque<>(List.of(loaded));
        while (!reached.isEmpty()) {
            String node = reached.remove();
            if (loads.get(node) <= loads.get(loaded) - 2) {
                move(node, loaded, reachedBy);
                return true;
            }
            for (ShardReplicas shard : ledBy(node)) {
                for (String next : candidates(shard)) {
                    if (!next.equals(loaded) && !reachedBy.containsKey(next)) {
                        reachedBy.put(next, new Nomination(shard.shard(), next, true));
                        reached.add(next);
                    }
                }
            }
        }
        return false;
    }

    private List<ShardReplicas> ledBy(String node) {
        return shards.values().stream()
                .filter(shard -> node.equals(leaders.get(shard.shard())))
                .toList();
    }

    private void move(String end, String start, Map<String, Nomination> reachedBy) {
        String node = end;
        while (!node.equals(start)) {
            String shard = reachedBy.get(node).shard();
            String before = leaders.get(shard);
            appoint(shard, node);
            node = before;
        }
    }

    private List<Nomination> nominations(Set<String> present) {
        List<Nomination> nominations = new ArrayList<>();
        leaders.forEach((name, node) -> {
            ShardReplicas shard = shards.get(name);
            if (!shard.leader().equals(Optional.of(node))) {
                boolean isHandover = shard.leader().filter(present::contains).isPresent();
                nominations.add(new Nomination(name, node, isHandover));
            }
        });
        return nominations;
    }
}
