package io.mq.ejb.cluster;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Failures;
import io.mq.core.error.Reason;
import java.io.IOException;
import java.time.Duration;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.protocol.exceptions.ServerNotReadyException;

/** What has become of a proposal. All but the first two say that it has not been committed, and will not be. */
enum ProposalOutcome {
    COMMITTED,
    UNKNOWN,
    NOT_LEADING,
    NOT_READY,
    BUSY,
    DISK_FULL,
    ENDED;

    /** About as long as an election takes. */
    private static final Duration RETRY = Duration.ofMillis(500);

    /**
     * @param reply of the engine
     * @param thrown by the engine; null where it has replied
     * @param isAppended whether it had begun to append the proposal
     */
    static ProposalOutcome of(RaftClientReply reply, Throwable thrown, boolean isAppended) {
        Throwable failure = failure(reply, thrown);
        if (failure == null) {
            return COMMITTED;
        } else if (isAppended) {
            return UNKNOWN;
        } else if (failure instanceof NotLeaderException) {
            return NOT_LEADING;
        } else if (isPause(failure) || failure instanceof ServerNotReadyException) {
            return NOT_READY;
        }
        return failure instanceof ResourceUnavailableException ? BUSY : ENDED;
    }

    /** Whether a leader takes nothing because it has just begun or hands over, which is soon through. */
    static boolean isPause(Throwable failure) {
        return failure instanceof LeaderNotReadyException || failure instanceof LeaderSteppingDownException;
    }

    /** Null where there is none. */
    static Throwable failure(RaftClientReply reply, Throwable thrown) {
        if (reply != null) {
            return reply.isSuccess() ? null : reply.getException();
        }
        return Failures.cause(thrown);
    }

    /**
     * What its callers are told where it has not been committed.
     *
     * @param cause null where it is another node's
     */
    BrokerException refusal(Throwable cause) {
        return switch (this) {
            case NOT_LEADING ->
                caused(Reason.NOT_LEADER, "this node does not lead the shard, %s".formatted(leader(cause)), cause)
                        .retryAfter(RETRY);
            case NOT_READY ->
                caused(Reason.NOT_LEADER, "the shard's leader has just begun, or is handing over; wait", cause)
                        .retryAfter(RETRY);
            case BUSY ->
                caused(Reason.BROKER_BUSY, "too much waits to be replicated; send less at a time or wait", cause)
                        .retryAfter(RETRY);
            case DISK_FULL ->
                caused(
                                Reason.DISK_FULL,
                                "the disk of the node that leads the shard is full; delete topics or messages, or add room",
                                cause)
                        .retryAfter(RETRY);
            default ->
                caused(
                        Reason.JOURNAL_FAILED,
                        "the node that leads, or this one, takes no part in the shard any more%s; use another"
                                .formatted(cause == null ? "" : " (" + cause + ")"),
                        cause);
        };
    }

    private static BrokerException caused(Reason reason, String text, Throwable cause) {
        return cause == null ? BrokerException.of(reason, text) : BrokerException.caused(reason, text, cause);
    }

    private static String leader(Throwable cause) {
        if (cause instanceof NotLeaderException notLeader && notLeader.getSuggestedLeader() != null) {
            return "node '%s' does; send it there"
                    .formatted(notLeader.getSuggestedLeader().getId());
        }
        return "none is known at the moment; wait for the election";
    }

    byte[] encoded() {
        return new byte[] {(byte) ordinal()};
    }

    /** @throws IOException for what this version does not know */
    static ProposalOutcome decode(byte[] bytes) throws IOException {
        if (bytes.length != 1 || bytes[0] < 0 || bytes[0] >= values().length) {
            throw new IOException(
                    "what has become of a proposal is told in a way that is not known here; update this node");
        }
        return values()[bytes[0]];
    }
}
