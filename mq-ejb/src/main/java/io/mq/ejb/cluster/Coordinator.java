package io.mq.ejb.cluster;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Says who should lead when nobody does, while this node is the first of those that are there and a majority is. What it
 * says makes nobody a leader: the replicas vote, and two coordinators on the sides of a cut do no harm.
 *
 * <p>Confined to one thread, which may wait for other nodes.
 */
final class Coordinator {

    private static final Logger LOG = System.getLogger(Coordinator.class.getName());

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Peers peers;

    /** The term in which it has last had somebody stand for election: once is enough. */
    private long stoodTerm = -1;

    Coordinator(Peers peers) {
        this.peers = peers;
    }

    /**
     * Looks whether the leader is gone, and asks for another one then.
     *
     * @param present the nodes that are there
     * @param status this node's own view
     */
    void step(String self, List<NodeInfo> present, ShardStatus status) {
        List<NodeInfo> voters = present.stream()
                .filter(node -> status.voters().contains(node.peerId()))
                .toList();
        boolean isCoordinator = !present.isEmpty() && present.get(0).nodeId().equals(self);
        boolean isGone = status.leader().isPresent()
                && voters.stream()
                        .noneMatch(node -> node.peerId().equals(status.leader().get()));
        if (isCoordinator && isGone && voters.size() > status.voters().size() / 2 && status.term() != stoodTerm) {
            stoodTerm = status.term();
            replace(status.leader().get(), voters);
        }
    }

    /** Has the replica stand for election that has most of the log, so that the others may vote for it. */
    private void replace(String goneLeader, List<NodeInfo> voters) {
        Map<NodeInfo, LogEnd> ends = ends(voters);
        ends.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .ifPresent(best -> {
                    LOG.log(
                            Level.INFO,
                            "The leader {0} is gone; asking node {1} to stand for election",
                            goneLeader,
                            best.nodeId());
                    byte[] request = new NodeRequest.Stand(goneLeader).encoded();
                    var unused = peers.ask(best.nodeId(), request, PATIENCE).exceptionally(e -> {
                        LOG.log(Level.INFO, "Node {0} did not do so: {1}", best.nodeId(), e.getMessage());
                        return null;
                    });
                });
    }

    /** Of those that answer in time. */
    private Map<NodeInfo, LogEnd> ends(List<NodeInfo> voters) {
        byte[] request = new NodeRequest.AskLogEnd().encoded();
        Map<NodeInfo, CompletableFuture<byte[]>> asked = new HashMap<>();
        voters.forEach(node -> asked.put(node, peers.ask(node.nodeId(), request, PATIENCE)));
        Map<NodeInfo, LogEnd> ends = new HashMap<>();
        asked.forEach((node, answer) -> {
            try {
                ends.put(node, LogEnd.decode(answer.join()));
            } catch (CompletionException | IOException e) {
                LOG.log(Level.DEBUG, "A node has not said how far its log goes", e);
            }
        });
        return ends;
    }
}
