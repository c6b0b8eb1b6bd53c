package io.mq.ejb.cluster;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What this node does for others that ask. Safe for use by any thread; it may wait for the disk. */
final class NodeAnswers {

    private static final Logger LOG = System.getLogger(NodeAnswers.class.getName());

    private static final byte[] NOTHING = {};

    private final ShardMembership membership;
    private final SnapshotLender lender;
    private final Supplier<List<NodeInfo>> present;

    /** @param present the nodes that are there, as far as this one knows */
    NodeAnswers(ShardMembership membership, SnapshotLender lender, Supplier<List<NodeInfo>> present) {
        this.membership = membership;
        this.lender = lender;
        this.present = present;
    }

    byte[] answer(NodeRequest request) throws IOException {
        if (request instanceof NodeRequest.AskLogEnd) {
            return membership.status().end().encoded();
        } else if (request instanceof NodeRequest.OpenSnapshot) {
            return lender.lend().encoded();
        } else if (request instanceof NodeRequest.ReadSnapshot read) {
            return lender.read(read);
        } else if (request instanceof NodeRequest.CloseSnapshot close) {
            lender.takeBack(close.snapshot());
        } else if (request instanceof NodeRequest.Join join) {
            add(join);
        } else if (request instanceof NodeRequest.Stand stand) {
            standFor(stand.goneLeader());
        }
        return NOTHING;
    }

    /** A node that comes with another replica has lost the one it had. */
    private void add(NodeRequest.Join join) throws IOException {
        ShardStatus status = membership.status();
        if (!status.isLeading()) {
            throw new IOException("this node does not lead");
        }
        String nodeId = ClusterIdentity.nodeOf(join.peerId());
        Optional<String> lost = status.voters().stream()
                .filter(peer -> !peer.equals(join.peerId())
                        && ClusterIdentity.nodeOf(peer).equals(nodeId))
                .findFirst();
        var unused = membership.add(join.peerId(), join.raftAddress(), lost).exceptionally(e -> {
            LOG.log(Level.DEBUG, "Node {0} was not added: {1}", nodeId, e.getMessage());
            return null;
        });
    }

    /** Only where this node, too, finds it gone: it would depose a leader that is well. */
    private void standFor(String goneLeader) throws IOException {
        if (present.get().stream().noneMatch(node -> node.peerId().equals(goneLeader))) {
            membership.standForElection(goneLeader);
        }
    }
}
