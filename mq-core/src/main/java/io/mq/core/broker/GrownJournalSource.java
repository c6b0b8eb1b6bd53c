package io.mq.core.broker;

import io.mq.core.command.LogPosition;
import io.mq.core.command.StateMachine;
import io.mq.core.journal.Journal;
import java.io.IOException;

/**
 * The journal of a node in a cluster that may have been a single node before: what its own journal holds then comes
 * first, and the log that it shares with others begins behind it.
 *
 * @param single the journal of the single node; deleted when a checkpoint has all of it
 */
record GrownJournalSource(FileJournalSource single, RaftJournalSource shared) implements JournalSource {

    /** Entries of a shared log have a term, commands of a single node have none. */
    private static boolean isSingle(LogPosition position) {
        return position.term() == 0;
    }

    @Override
    public void check(LogPosition checkpoint) throws IOException {
        if (isSingle(checkpoint)) {
            single.check(checkpoint);
        }
        shared.check(checkpoint);
    }

    @Override
    public Replayed replay(LogPosition checkpoint, StateMachine state) throws IOException {
        return isSingle(checkpoint) ? single.replay(checkpoint, state) : shared.replay(checkpoint, state);
    }

    @Override
    public Journal open(LogPosition applied, StateMachine state) throws IOException {
        single.delete();
        return shared.open(applied, state);
    }
}
