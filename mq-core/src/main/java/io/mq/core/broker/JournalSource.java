package io.mq.core.broker;

import io.mq.core.command.LogPosition;
import io.mq.core.command.StateMachine;
import io.mq.core.journal.Journal;
import java.io.IOException;

/** Where an engine's journal comes from: the files of this node alone, or a log that it shares with others. */
public interface JournalSource {

    /**
     * What was applied by {@link #replay}.
     *
     * @param applied the last command that the state holds now
     * @param bytes that were read for it
     */
    record Replayed(LogPosition applied, long commands, long bytes) {}

    /**
     * Makes sure that nothing is missing between a checkpoint and what was journaled later. Changes nothing.
     *
     * @throws io.mq.core.file.CorruptFileException where something is missing
     */
    void check(LogPosition checkpoint) throws IOException;

    /** Applies what this node by itself knows to have come after a checkpoint. */
    Replayed replay(LogPosition checkpoint, StateMachine state) throws IOException;

    /** Opens the journal for what follows. */
    Journal open(LogPosition applied, StateMachine state) throws IOException;
}
