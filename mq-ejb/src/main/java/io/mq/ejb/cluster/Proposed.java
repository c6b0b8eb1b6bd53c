package io.mq.ejb.cluster;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.journal.Proposal;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.protocol.exceptions.ServerNotReadyException;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/** A proposal on its way through the engine, which hands it back when it is committed. */
final class Proposed implements Message {

    /** About as long as an election takes. */
    private static final Duration RETRY = Duration.ofMillis(500);

    private final Proposal proposal;
    private final ByteString content;

    /** Whether the engine has begun to append it; from then on nobody can say that it will not be committed. */
    private volatile boolean isAppended;

    Proposed(Proposal proposal) {
        this.proposal = proposal;
        this.content = UnsafeByteOperations.unsafeWrap(proposal.entry());
    }

    @Override
    public ByteString getContent() {
        return content;
    }

    Proposal proposal() {
        return proposal;
    }

    void appended() {
        isAppended = true;
    }

    /** Takes what the engine says in the end; what was committed has been applied and answered by then. */
    void end(RaftClientReply reply, Throwable thrown) {
        Throwable failure = thrown instanceof CompletionException ? thrown.getCause() : thrown;
        if (reply != null && !reply.isSuccess()) {
            failure = reply.getException();
        }
        if (failure == null) {
            return;
        }
        if (isAppended) {
            proposal.doubt(failure);
        } else {
            proposal.refuse(refusal(failure));
        }
    }

    private static BrokerException refusal(Throwable failure) {
        if (failure instanceof NotLeaderException notLeader) {
            String leader = notLeader.getSuggestedLeader() == null
                    ? "none is known at the moment; wait for the election"
                    : "node '%s' does; send it there"
                            .formatted(notLeader.getSuggestedLeader().getId());
            return notLeader("this node does not lead the shard, " + leader, failure);
        }
        if (failure instanceof LeaderNotReadyException || failure instanceof ServerNotReadyException) {
            return notLeader("this node has not applied all of the shard's log yet; wait", failure);
        }
        if (failure instanceof ResourceUnavailableException) {
            return BrokerException.caused(
                            Reason.BROKER_BUSY, "too much waits to be replicated; send less at a time or wait", failure)
                    .retryAfter(RETRY);
        }
        return BrokerException.caused(
                Reason.JOURNAL_FAILED,
                "this node takes no part in the shard any more (%s); use another".formatted(failure),
                failure);
    }

    private static BrokerException notLeader(String text, Throwable failure) {
        return BrokerException.caused(Reason.NOT_LEADER, text, failure).retryAfter(RETRY);
    }
}
