package io.mq.ejb.cluster;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What this node does for others that ask. Safe for use by any thread; it may wait for the disk and for other nodes. */
final class NodeAnswers {

    private static final Logger LOG = System.getLogger(NodeAnswers.class.getName());

    private static final byte[] NOTHING = {};

    private static final long AGREEMENT_SECONDS = 10;

    private final Map<String, ShardSeat> seats;
    private final int replicationFactor;
    private final Node node;

    /** What others ask about a node itself, and tell it. */
    interface Node {

        NodeState state();

        /** The nodes that are there, as far as this one knows. */
        List<NodeInfo> present();

        void setDraining(boolean isDraining);

        /** Its replicas were taken out. */
        void removed(String peerId);
    }

    /**
     * @param seats by their shards' names
     * @param replicationFactor how many replicas of a shard are to vote
     */
    NodeAnswers(Map<String, ShardSeat> seats, int replicationFactor, Node node) {
        this.seats = Map.copyOf(seats);
        this.replicationFactor = replicationFactor;
        this.node = node;
    }

    byte[] answer(NodeRequest request) throws IOException {
        if (request instanceof NodeRequest.AskState) {
            return node.state().encoded();
        } else if (request instanceof NodeRequest.OpenSnapshot open) {
            return seat(open.shard()).lender().lend().encoded();
        } else if (request instanceof NodeRequest.ReadSnapshot read) {
            return seat(read.shard()).lender().read(read);
        } else if (request instanceof NodeRequest.CloseSnapshot close) {
            seat(close.shard()).lender().takeBack(close.snapshot());
        } else if (request instanceof NodeRequest.Join join) {
            add(join);
        } else if (request instanceof NodeRequest.Stand stand) {
            standFor(stand);
        } else if (request instanceof NodeRequest.SetDraining set) {
            node.setDraining(set.isDraining());
        } else if (request instanceof NodeRequest.HandOver handOver) {
            requireLead(handOver.shard());
            await(membership(handOver.shard()).transfer(handOver.peerId()));
        } else if (request instanceof NodeRequest.ChangeVoters change) {
            requireLead(change.shard());
            await(membership(change.shard()).changeVoters(change.promoted(), change.demoted()));
        } else if (request instanceof NodeRequest.Remove remove) {
            requireLead(remove.shard());
            await(membership(remove.shard()).remove(remove.peerId()));
        } else if (request instanceof NodeRequest.Removed removed) {
            node.removed(removed.peerId());
        }
        return NOTHING;
    }

    private ShardSeat seat(String shard) throws IOException {
        ShardSeat seat = seats.get(shard);
        if (seat == null) {
            throw new IOException("this node knows of no shard %s".formatted(shard));
        }
        return seat;
    }

    private ShardMembership membership(String shard) throws IOException {
        return seat(shard).membership();
    }

    private ShardStatus requireLead(String shard) throws IOException {
        ShardStatus status = membership(shard).status();
        if (!status.isLeading()) {
            throw new IOException("this node does not lead shard %s".formatted(shard));
        }
        return status;
    }

    private static void await(CompletableFuture<Void> agreement) throws IOException {
        try {
            agreement.get(AGREEMENT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("the replicas have not agreed within %d s".formatted(AGREEMENT_SECONDS), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** A node that comes with another replica has lost the one it had. */
    private void add(NodeRequest.Join join) throws IOException {
        ShardStatus status = requireLead(join.shard());
        String nodeId = ClusterIdentity.nodeOf(join.peerId());
        Optional<String> lost = status.replicas().stream()
                .filter(peer -> !peer.equals(join.peerId())
                        && ClusterIdentity.nodeOf(peer).equals(nodeId))
                .findFirst();
        var unused = membership(join.shard())
                .add(join.peerId(), join.raftAddress(), lost, replicationFactor)
                .exceptionally(e -> {
                    LOG.log(Level.DEBUG, "Node {0} was not added: {1}", nodeId, e.getMessage());
                    return null;
                });
    }

    /** Only where this node, too, finds it gone: it would depose a leader that is well. */
    private void standFor(NodeRequest.Stand stand) throws IOException {
        if (node.present().stream().noneMatch(each -> each.peerId().equals(stand.goneLeader()))) {
            membership(stand.shard()).standForElection(stand.goneLeader());
        }
    }
}
