package io.mq.ejb.cluster;

import io.mq.core.placement.LeaderPlacement;
import io.mq.core.placement.Nomination;
import io.mq.core.placement.ShardReplicas;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/**
 * Says who should lead, while this node is the first of those that are there and a majority is. What it says makes nobody
 * a leader: the replicas vote, and two coordinators on the sides of a cut do no harm.
 *
 * <p>Confined to one thread, which may wait for other nodes.
 */
final class Coordinator {

    private static final Logger LOG = System.getLogger(Coordinator.class.getName());

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Peers peers;
    private final String shard;

    /** The term in which it has last had somebody stand for election: once is enough. */
    private long stoodTerm = -1;

    Coordinator(Peers peers, String shard) {
        this.peers = peers;
        this.shard = shard;
    }

    /**
     * Looks whether everything is as it should be, and asks for what is not.
     *
     * @param present the nodes that are there
     * @param status this node's own view
     */
    void step(String self, List<NodeInfo> present, ShardStatus status) {
        Map<String, NodeInfo> voters = new TreeMap<>();
        for (NodeInfo node : present) {
            if (status.voters().containsKey(node.peerId())) {
                voters.put(node.peerId(), node);
            }
        }
        boolean isCoordinator = !present.isEmpty() && present.get(0).nodeId().equals(self);
        if (!isCoordinator || voters.size() <= status.voters().size() / 2) {
            return;
        }
        Optional<NodeInfo> leader = status.leader().map(voters::get);
        if (leader.isPresent()) {
            place(leader.get(), voters);
        } else if (status.leader().isPresent()) {
            replace(status.leader().get(), status.term(), voters);
        }
    }

    private void place(NodeInfo leader, Map<String, NodeInfo> voters) {
        Set<String> draining = voters.values().stream()
                .filter(NodeInfo::isDraining)
                .map(NodeInfo::peerId)
                .collect(Collectors.toSet());
        ShardReplicas replicas = new ShardReplicas(shard, new TreeSet<>(voters.keySet()), Optional.of(leader.peerId()));
        for (Nomination nomination : LeaderPlacement.nominate(voters.keySet(), draining, List.of(replicas))) {
            LOG.log(Level.INFO, "Asking node {0} to hand over to {1}", leader.nodeId(), nomination.node());
            ask(leader, new NodeRequest.Transfer(nomination.node()));
        }
    }

    /** Has the replica stand for election that has most of the log, so that the others may vote for it. */
    private void replace(String goneLeader, long term, Map<String, NodeInfo> voters) {
        if (term == stoodTerm) {
            return;
        }
        stoodTerm = term;
        Map<NodeInfo, CompletableFuture<byte[]>> asked = new HashMap<>();
        voters.values()
                .forEach(node ->
                        asked.put(node, peers.ask(node.nodeId(), new NodeRequest.Report().encoded(), PATIENCE)));
        Optional<NodeInfo> best = Optional.empty();
        Optional<ShardStatus> most = Optional.empty();
        for (Map.Entry<NodeInfo, CompletableFuture<byte[]>> each : asked.entrySet()) {
            Optional<ShardStatus> found = status(each.getValue());
            if (found.isPresent() && (most.isEmpty() || ReplicaReport.BY_LOG.compare(found.get(), most.get()) > 0)) {
                best = Optional.of(each.getKey());
                most = found;
            }
        }
        if (best.isPresent()) {
            LOG.log(
                    Level.INFO,
                    "The leader {0} is gone; asking node {1} to stand for election",
                    goneLeader,
                    best.get().nodeId());
            ask(best.get(), new NodeRequest.Stand(goneLeader));
        }
    }

    private static Optional<ShardStatus> status(CompletableFuture<byte[]> answer) {
        try {
            return ReplicaReport.decode(answer.join()).status();
        } catch (CompletionException | IOException e) {
            LOG.log(Level.DEBUG, "A node has not said how its replica is", e);
            return Optional.empty();
        }
    }

    private void ask(NodeInfo node, NodeRequest request) {
        var unused = peers.ask(node.nodeId(), request.encoded(), PATIENCE).exceptionally(e -> {
            LOG.log(Level.INFO, "Node {0} did not do so: {1}", node.nodeId(), e.getMessage());
            return null;
        });
    }
}
