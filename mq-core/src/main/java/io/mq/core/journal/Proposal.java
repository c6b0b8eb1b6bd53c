package io.mq.core.journal;

import io.mq.core.command.StateMachine;
import io.mq.core.error.BrokerException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Commands that one entry of a {@link RaftLog} carries, and whoever waits for them on this node. It is settled once:
 * applied, refused or left in doubt, whichever comes first; what was left in doubt may still be applied later. Safe for
 * use by several threads.
 */
public final class Proposal {

    private final Round round;
    private final ByteBuffer entry;
    private final Runnable onSettled;
    private final Runnable onAnswered;
    private final long proposedNanos = System.nanoTime();
    private final AtomicBoolean isSettled = new AtomicBoolean();

    /**
     * @param onSettled runs once, before anyone is answered
     * @param onAnswered runs once, when everyone is
     */
    Proposal(Round round, Runnable onSettled, Runnable onAnswered) {
        this.round = round;
        this.entry = encode(round);
        this.onSettled = onSettled;
        this.onAnswered = onAnswered;
    }

    /** Has the form of a block of the journal's files, so that a checksum goes with it from node to node. */
    private static ByteBuffer encode(Round round) {
        ByteBuffer entry = ByteBuffer.allocate(round.blockBytes()).order(ByteOrder.LITTLE_ENDIAN);
        JournalBlock.begin(entry);
        round.entries().forEach(each -> JournalBlock.add(entry, each.command()));
        int size = entry.position();
        JournalBlock.seal(entry, 0, 0, 0, JournalBlock.COMMANDS, round.size());
        return entry.flip().limit(size).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** What the log is to hold; a view of its own for each caller. */
    public ByteBuffer entry() {
        return entry.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Bytes of {@link #entry()}. */
    public int size() {
        return entry.limit();
    }

    int commands() {
        return round.size();
    }

    long ageNanos() {
        return System.nanoTime() - proposedNanos;
    }

    /** Answers that nothing has happened and nothing will. */
    public void refuse(BrokerException answer) {
        settle(() -> round.refuse(answer));
    }

    /** Answers that it may or may not be committed. */
    public void doubt(Throwable cause) {
        settle(() -> round.refuse(Refusals.inDoubt(cause)));
    }

    /** Applies the commands and returns what completes the callers. */
    List<Runnable> apply(StateMachine stateMachine, long index) {
        return round.applyAsOne(stateMachine, index);
    }

    /** Answers the callers, where they were not answered before. */
    void settle(Runnable answers) {
        if (isSettled.compareAndSet(false, true)) {
            onSettled.run();
            try {
                answers.run();
            } finally {
                onAnswered.run();
            }
        }
    }
}
