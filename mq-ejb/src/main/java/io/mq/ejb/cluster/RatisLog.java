package io.mq.ejb.cluster;

import io.mq.core.command.LogPosition;
import io.mq.core.journal.Proposal;
import io.mq.core.journal.RaftLog;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.exceptions.ServerNotReadyException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServer.Division;

/** One shard's log, as a division of the node's Ratis server. */
final class RatisLog implements RaftLog {

    private static final long RELEASE_TIMEOUT_MILLIS = 10_000;

    /** Entries that must have been released for the engine to look at all. */
    private static final long RELEASED_MIN = 1;

    private static final Logger LOG = System.getLogger(RatisLog.class.getName());

    private final RatisNode node;
    private final String shard;
    private final ReplicaStateMachine stateMachine;
    private final ClientId self = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();

    RatisLog(RatisNode node, String shard, ReplicaStateMachine stateMachine) {
        this.node = node;
        this.shard = shard;
        this.stateMachine = stateMachine;
    }

    ReplicaStateMachine stateMachine() {
        return stateMachine;
    }

    @Override
    public void propose(Proposal proposal) {
        Proposed proposed = new Proposed(proposal);
        if (!node.isStarted()) {
            proposed.end(null, new ServerNotReadyException("this node has not joined its cluster yet"));
            return;
        }
        RaftServer server = node.server();
        RaftClientRequest request = RaftClientRequest.newBuilder()
                .setClientId(self)
                .setServerId(server.getId())
                .setGroupId(node.group(shard))
                .setCallId(calls.getAndIncrement())
                .setMessage(proposed)
                .setType(RaftClientRequest.writeRequestType())
                .build();
        CompletableFuture<RaftClientReply> outcome;
        try {
            outcome = server.submitClientRequestAsync(request);
        } catch (IOException | RuntimeException e) {
            outcome = CompletableFuture.failedFuture(e);
        }
        var unused = outcome.whenComplete(proposed::end);
    }

    @Override
    public void release(LogPosition through) {
        stateMachine.release(through);
        if (!node.isStarted()) {
            return;
        }
        RaftServer server = node.server();
        SnapshotManagementRequest request = SnapshotManagementRequest.newCreate(
                self, server.getId(), node.group(shard), calls.getAndIncrement(), RELEASE_TIMEOUT_MILLIS, RELEASED_MIN);
        try {
            server.snapshotManagement(request);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "The log of shard {0} keeps what is checkpointed: {1}", shard, e);
        }
    }

    @Override
    public void leave() {
        // Closing waits for the engine's threads, of which the caller may be one.
        Thread closing = new Thread(this::closeDivision, "mq-leave-" + shard);
        closing.setDaemon(true);
        closing.start();
    }

    @Override
    public void close() {
        closeDivision();
    }

    private void closeDivision() {
        stateMachine.closing();
        if (!node.isStarted()) {
            return;
        }
        Division division;
        try {
            division = node.server().getDivision(node.group(shard));
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "The log was closed before", e);
            return;
        }
        division.close();
    }
}
