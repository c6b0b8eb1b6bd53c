package io.mq.ejb.cluster;

import io.mq.core.placement.LeaderPlacement;
import io.mq.core.placement.Nomination;
import io.mq.core.placement.ShardReplicas;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Says who should lead, while this node is the first of those that are there and a majority is: another one where the
 * leader is gone, is about to go, or has a full disk. What it says makes nobody a leader: the replicas vote, and two
 * coordinators on the sides of a cut do no harm.
 *
 * <p>Confined to one thread, which may wait for other nodes.
 */
final class Coordinator {

    private static final Logger LOG = System.getLogger(Coordinator.class.getName());

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** A handover that has not come about is asked for again after so long. */
    private static final Duration HANDOVER_INTERVAL = Duration.ofSeconds(5);

    /**
     * After it has had somebody stand for election, it leaves it at what the replicas do by themselves for so long. Two
     * nodes that do not reach each other, but both a third, would have their leaders depose each other for ever.
     */
    private static final Duration STAND_INTERVAL = Duration.ofSeconds(10);

    private final Peers peers;
    private final LongSupplier nanoClock;

    /** By shard. */
    private final Map<String, Asked> asked = new HashMap<>();

    /** What it has asked for in a shard. */
    private static final class Asked {

        /** The term in which it has last had somebody stand for election: once is enough. */
        private long stoodTerm = -1;

        private long handoverNanos;
        private long stoodNanos;

        /** Nothing yet. */
        Asked(long nowNanos) {
            this.handoverNanos = nowNanos - HANDOVER_INTERVAL.toNanos();
            this.stoodNanos = nowNanos - STAND_INTERVAL.toNanos();
        }
    }

    Coordinator(Peers peers, LongSupplier nanoClock) {
        this.peers = peers;
        this.nanoClock = nanoClock;
    }

    /**
     * Looks whether others should lead, and asks for that. Shards of which no majority is there are left alone.
     *
     * @param present the nodes that are there
     * @param shards this node's own view, by their names
     */
    void step(String self, List<NodeInfo> present, Map<String, ShardStatus> shards) {
        if (!isCoordinator(self, present)) {
            return;
        }
        List<ShardReplicas> able = shards.entrySet().stream()
                .filter(shard -> isMajority(voters(present, shard.getValue()), shard.getValue()))
                .map(shard -> new ShardReplicas(
                        shard.getKey(),
                        new TreeSet<>(shard.getValue().voters()),
                        shard.getValue().leader()))
                .toList();
        Set<String> there = present.stream().map(NodeInfo::peerId).collect(Collectors.toSet());
        Set<String> unfit = present.stream()
                .filter(node -> !node.mayLead())
                .map(NodeInfo::peerId)
                .collect(Collectors.toSet());
        for (Nomination nomination : LeaderPlacement.nominate(there, unfit, able)) {
            nominate(nomination, present, shards.get(nomination.shard()));
        }
    }

    static boolean isCoordinator(String self, List<NodeInfo> present) {
        return !present.isEmpty() && present.get(0).nodeId().equals(self);
    }

    private static boolean isMajority(List<NodeInfo> voters, ShardStatus shard) {
        return voters.size() > shard.voters().size() / 2;
    }

    private static List<NodeInfo> voters(List<NodeInfo> present, ShardStatus shard) {
        return present.stream()
                .filter(node -> shard.voters().contains(node.peerId()))
                .toList();
    }

    private void nominate(Nomination nomination, List<NodeInfo> present, ShardStatus shard) {
        Asked past = asked.computeIfAbsent(nomination.shard(), name -> new Asked(nanoClock.getAsLong()));
        String leader = shard.leader().orElse("");
        if (nomination.isHandover()) {
            handOver(nomination, leader, present, past);
        } else if (!leader.isEmpty()) {
            replace(nomination.shard(), leader, shard.term(), voters(present, shard), past);
        }
    }

    private void handOver(Nomination nomination, String leader, List<NodeInfo> present, Asked past) {
        long now = nanoClock.getAsLong();
        if (now - past.handoverNanos < HANDOVER_INTERVAL.toNanos()) {
            return;
        }
        past.handoverNanos = now;
        present.stream()
                .filter(node -> node.peerId().equals(leader))
                .findFirst()
                .ifPresent(node -> {
                    LOG.log(
                            Level.INFO,
                            "Asking node {0} to hand shard {1} over to {2}",
                            node.nodeId(),
                            nomination.shard(),
                            nomination.node());
                    ask(
                            peers,
                            node,
                            new NodeRequest.HandOver(nomination.shard(), nomination.node()),
                            HANDOVER_INTERVAL);
                });
    }

    /** Has the replica stand for election that has most of the log, so that the others may vote for it. */
    private void replace(String shard, String goneLeader, long term, List<NodeInfo> voters, Asked past) {
        long now = nanoClock.getAsLong();
        if (term == past.stoodTerm || now - past.stoodNanos < STAND_INTERVAL.toNanos()) {
            return;
        }
        past.stoodTerm = term;
        past.stoodNanos = now;
        Map<NodeInfo, LogEnd> ends = new HashMap<>();
        Poll.of(peers, voters, new NodeRequest.AskState(), PATIENCE, NodeState::decode)
                .forEach((node, state) -> state.shard(shard).ifPresent(replica -> ends.put(node, replica.end())));
        ends.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .ifPresent(best -> {
                    LOG.log(
                            Level.INFO,
                            "The leader {0} of shard {1} is gone; asking node {2} to stand for election",
                            goneLeader,
                            shard,
                            best.nodeId());
                    ask(peers, best, new NodeRequest.Stand(shard, goneLeader), PATIENCE);
                });
    }

    /** Asks a node to do something, and leaves it at a line in the log where it does not. */
    static void ask(Peers peers, NodeInfo node, NodeRequest request, Duration patience) {
        var unused = peers.ask(node.nodeId(), request.encoded(), patience).exceptionally(e -> {
            LOG.log(Level.INFO, "Node {0} did not do so: {1}", node.nodeId(), e.getMessage());
            return null;
        });
    }
}
