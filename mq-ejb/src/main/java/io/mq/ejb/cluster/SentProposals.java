package io.mq.ejb.cluster;

import io.mq.core.journal.Proposal;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.protocol.ClientId;

/**
 * What this node has proposed to leaders elsewhere and not heard of yet. It hears of it by the log, as of everything that
 * is committed; the leader's answer counts only where it says that this will not come.
 *
 * <p>Safe for use by any thread.
 */
final class SentProposals {

    /** As the log's entries name this node. */
    private final ClientId self = ClientId.randomId();

    /** By the number that the log's entry will have. */
    private final Map<Long, Sent> sent = new ConcurrentHashMap<>();

    /** Whether what is proposed would not be heard of. */
    private volatile boolean isSuspended;

    private record Sent(Proposed proposed, String leader) {}

    ClientId self() {
        return self;
    }

    /** @return whether it may be sent; else it is refused, and ended */
    boolean put(long call, Proposed proposed, String leader) {
        sent.put(call, new Sent(proposed, leader));
        // Looked at once: what was refused must not be sent, though it might be by the next line.
        boolean isRefused = isSuspended;
        if (isRefused) {
            end(call, ProposalOutcome.NOT_READY, null);
        }
        return !isRefused;
    }

    /**
     * The log ends for this node before what it has proposed, and goes on behind a checkpoint of another node: nobody waits
     * for that, since putting it in place waits for those who wait.
     */
    void suspend() {
        isSuspended = true;
        sent.keySet()
                .forEach(call -> end(
                        call, ProposalOutcome.UNKNOWN, new IOException("this node takes over another's checkpoint")));
    }

    void resume() {
        isSuspended = false;
    }

    /** The proposal that an entry of the log is; empty where it is not one of these. */
    Optional<Proposal> take(StateMachineLogEntryProto entry) {
        if (sent.isEmpty() || !entry.getClientId().equals(self.toByteString())) {
            return Optional.empty();
        }
        return Optional.ofNullable(sent.remove(entry.getCallId()))
                .map(found -> found.proposed().proposal());
    }

    /** The leader has answered, or will not any more. */
    void end(long call, ProposalOutcome outcome, Throwable cause) {
        if (outcome != ProposalOutcome.COMMITTED) {
            Sent ended = sent.remove(call);
            if (ended != null) {
                ended.proposed().end(outcome, cause);
            }
        }
    }

    /** Another replica leads: whether it will commit what was sent to an earlier one, nobody can say. */
    void leads(String leader) {
        sent.forEach((call, each) -> {
            if (!each.leader().equals(leader)) {
                end(call, ProposalOutcome.UNKNOWN, new IOException("another node leads now"));
            }
        });
    }
}
