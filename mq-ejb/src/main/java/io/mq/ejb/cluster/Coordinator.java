package io.mq.ejb.cluster;

import io.mq.core.placement.LeaderPlacement;
import io.mq.core.placement.Nomination;
import io.mq.core.placement.ShardReplicas;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
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
    private final String shard;
    private final LongSupplier nanoClock;

    /** The term in which it has last had somebody stand for election: once is enough. */
    private long stoodTerm = -1;

    private long handoverNanos;
    private long stoodNanos;

    Coordinator(Peers peers, String shard, LongSupplier nanoClock) {
        this.peers = peers;
        this.shard = shard;
        this.nanoClock = nanoClock;
        this.handoverNanos = nanoClock.getAsLong() - HANDOVER_INTERVAL.toNanos();
        this.stoodNanos = nanoClock.getAsLong() - STAND_INTERVAL.toNanos();
    }

    /**
     * Looks whether another one should lead, and asks for that.
     *
     * @param present the nodes that are there
     * @param status this node's own view
     */
    void step(String self, List<NodeInfo> present, ShardStatus status) {
        List<NodeInfo> voters = present.stream()
                .filter(node -> status.voters().contains(node.peerId()))
                .toList();
        boolean isCoordinator = !present.isEmpty() && present.get(0).nodeId().equals(self);
        if (!isCoordinator || voters.size() <= status.voters().size() / 2) {
            return;
        }
        for (Nomination nomination : nominations(voters, status)) {
            String leader = status.leader().orElse("");
            if (nomination.isHandover()) {
                handOver(leader, nomination.node(), voters);
            } else if (!leader.isEmpty()) {
                replace(leader, status.term(), voters);
            }
        }
    }

    private List<Nomination> nominations(List<NodeInfo> voters, ShardStatus status) {
        Set<String> there = voters.stream().map(NodeInfo::peerId).collect(Collectors.toSet());
        Set<String> unfit = voters.stream()
                .filter(node -> !node.mayLead())
                .map(NodeInfo::peerId)
                .collect(Collectors.toSet());
        return LeaderPlacement.nominate(
                there, unfit, List.of(new ShardReplicas(shard, new TreeSet<>(status.voters()), status.leader())));
    }

    private void handOver(String leader, String next, List<NodeInfo> voters) {
        long now = nanoClock.getAsLong();
        if (now - handoverNanos < HANDOVER_INTERVAL.toNanos()) {
            return;
        }
        handoverNanos = now;
        voters.stream().filter(node -> node.peerId().equals(leader)).findFirst().ifPresent(node -> {
            LOG.log(Level.INFO, "Asking node {0} to hand the lead over to {1}", node.nodeId(), next);
            ask(node, new NodeRequest.HandOver(next), HANDOVER_INTERVAL);
        });
    }

    /** Has the replica stand for election that has most of the log, so that the others may vote for it. */
    private void replace(String goneLeader, long term, List<NodeInfo> voters) {
        long now = nanoClock.getAsLong();
        if (term == stoodTerm || now - stoodNanos < STAND_INTERVAL.toNanos()) {
            return;
        }
        stoodTerm = term;
        stoodNanos = now;
        Map<NodeInfo, NodeState> states =
                Poll.of(peers, voters, new NodeRequest.AskState(), PATIENCE, NodeState::decode);
        states.entrySet().stream()
                .filter(each -> each.getValue().shard().isPresent())
                .max(Map.Entry.comparingByValue((one, other) ->
                        one.shard().get().end().compareTo(other.shard().get().end())))
                .map(Map.Entry::getKey)
                .ifPresent(best -> {
                    LOG.log(
                            Level.INFO,
                            "The leader {0} is gone; asking node {1} to stand for election",
                            goneLeader,
                            best.nodeId());
                    ask(best, new NodeRequest.Stand(goneLeader), PATIENCE);
                });
    }

    private void ask(NodeInfo node, NodeRequest request, Duration patience) {
        var unused = peers.ask(node.nodeId(), request.encoded(), patience).exceptionally(e -> {
            LOG.log(Level.INFO, "Node {0} did not do so: {1}", node.nodeId(), e.getMessage());
            return null;
        });
    }
}
