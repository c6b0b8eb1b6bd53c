package io.mq.core.broker;

import io.mq.core.command.LogPosition;
import io.mq.core.command.StateMachine;
import io.mq.core.journal.Journal;
import java.io.IOException;

/**
 * The journal of a node in a cluster that may have been a single node before: what its own journal holds then comes
 * first, and the log that it shares with others begins behind it.
 *
 * @param single the journal of the single node
 * @param hasShared whether there is a shared log; it is there only after a checkpoint has all of the single node's journal
 */
record GrownJournalSource(FileJournalSource single, RaftJournalSource shared, boolean hasShared)
        implements JournalSource {

    @Override
    public void check(LogPosition checkpoint) throws IOException {
        if (!hasShared) {
            single.check(checkpoint);
        }
        shared.check(checkpoint);
    }

    @Override
    public Replayed replay(LogPosition checkpoint, StateMachine state) throws IOException {
        return hasShared ? shared.replay(checkpoint, state) : single.replay(checkpoint, state);
    }

    @Override
    public Journal open(LogPosition applied, StateMachine state) throws IOException {
        if (hasShared) {
            single.delete();
        }
        return shared.open(applied, state);
    }
}
