package io.mq.ejb.cluster;

import io.mq.core.placement.ShardVoters;
import io.mq.core.placement.VoterChange;
import io.mq.core.placement.VoterPlacement;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Says whose replicas should vote, while this node coordinates: see {@link VoterPlacement}. The leader of a shard has its
 * replicas agree upon that.
 *
 * <p>Confined to one thread, which it does not keep waiting.
 */
final class VoterKeeper {

    private static final Logger LOG = System.getLogger(VoterKeeper.class.getName());

    /** A restart of a machine takes less; a change of who votes moves no data, so nothing is gained by waiting longer. */
    static final Duration GONE_AFTER = Duration.ofSeconds(30);

    /** A change takes no longer, or has failed and is wished for again. */
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final int replicationFactor;
    private final Peers peers;
    private final LongSupplier nanoClock;

    /** By peer: since when it has not been there. */
    private final Map<String, Long> missing = new HashMap<>();

    private long askedNanos;

    VoterKeeper(int replicationFactor, Peers peers, LongSupplier nanoClock) {
        this.replicationFactor = replicationFactor;
        this.peers = peers;
        this.nanoClock = nanoClock;
        this.askedNanos = nanoClock.getAsLong() - INTERVAL.toNanos();
    }

    /**
     * Looks whether others should vote, and asks for that.
     *
     * @param present the nodes that are there
     * @param shards this node's own view, by their names
     */
    void step(String self, List<NodeInfo> present, Map<String, ShardStatus> shards) {
        long now = nanoClock.getAsLong();
        Set<String> there = peersOf(present, node -> true);
        note(shards.values(), there, now);
        boolean isDue = now - askedNanos >= INTERVAL.toNanos();
        if (!isDue || !Coordinator.isCoordinator(self, present)) {
            return;
        }
        List<ShardVoters> settled = shards.entrySet().stream()
                .filter(shard -> shard.getValue().isSettled())
                .map(shard -> voters(shard.getKey(), shard.getValue()))
                .toList();
        for (VoterChange change : VoterPlacement.propose(
                replicationFactor, there, peersOf(present, NodeInfo::mayLead), gone(now), settled)) {
            askedNanos = now;
            Optional<String> leader = shards.get(change.shard()).leader();
            present.stream()
                    .filter(node -> leader.equals(Optional.of(node.peerId())))
                    .findFirst()
                    .ifPresent(node -> ask(node, change));
        }
    }

    private static Set<String> peersOf(List<NodeInfo> nodes, Predicate<NodeInfo> which) {
        return nodes.stream().filter(which).map(NodeInfo::peerId).collect(Collectors.toSet());
    }

    private void note(Collection<ShardStatus> shards, Set<String> there, long now) {
        Set<String> replicas =
                shards.stream().flatMap(shard -> shard.replicas().stream()).collect(Collectors.toSet());
        missing.keySet().removeIf(peer -> there.contains(peer) || !replicas.contains(peer));
        replicas.stream().filter(peer -> !there.contains(peer)).forEach(peer -> missing.putIfAbsent(peer, now));
    }

    private Set<String> gone(long now) {
        return missing.entrySet().stream()
                .filter(each -> now - each.getValue() >= GONE_AFTER.toNanos())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private static ShardVoters voters(String name, ShardStatus shard) {
        return new ShardVoters(name, new TreeSet<>(shard.voters()), new TreeSet<>(shard.observers()), shard.leader());
    }

    private void ask(NodeInfo leader, VoterChange change) {
        LOG.log(
                Level.INFO,
                "Asking node {0} that in shard {1} {2} vote and {3} observe",
                leader.nodeId(),
                change.shard(),
                change.promoted().orElse("nobody more"),
                change.demoted().orElse("nobody more"));
        NodeRequest request = new NodeRequest.ChangeVoters(change.shard(), change.promoted(), change.demoted());
        Coordinator.ask(peers, leader, request, INTERVAL);
    }
}
