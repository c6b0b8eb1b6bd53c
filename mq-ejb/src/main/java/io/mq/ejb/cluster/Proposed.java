package io.mq.ejb.cluster;

import io.mq.core.journal.Proposal;
import java.io.IOException;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/** A proposal of this node on its way through the engine, which hands it back when it is committed. */
final class Proposed extends AppendedMessage {

    private final Proposal proposal;

    Proposed(Proposal proposal) {
        super(UnsafeByteOperations.unsafeWrap(proposal.entry()));
        this.proposal = proposal;
    }

    Proposal proposal() {
        return proposal;
    }

    /** Takes what the engine says in the end; what was committed has been applied and answered by then. */
    void end(RaftClientReply reply, Throwable thrown) {
        end(ProposalOutcome.of(reply, thrown, isAppended()), ProposalOutcome.failure(reply, thrown));
    }

    /** @param cause null where another node has said so */
    void end(ProposalOutcome outcome, Throwable cause) {
        if (outcome == ProposalOutcome.UNKNOWN) {
            proposal.doubt(cause == null ? new IOException("the node that leads cannot say") : cause);
        } else if (outcome != ProposalOutcome.COMMITTED) {
            proposal.refuse(outcome.refusal(cause));
        }
    }
}
