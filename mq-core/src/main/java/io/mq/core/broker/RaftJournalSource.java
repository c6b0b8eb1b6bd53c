package io.mq.core.broker;

import io.mq.core.command.LogPosition;
import io.mq.core.command.StateMachine;
import io.mq.core.journal.Journal;
import io.mq.core.journal.JournalObserver;
import io.mq.core.journal.RaftJournal;
import io.mq.core.journal.RaftJournalConfig;
import io.mq.core.journal.RaftLog;
import java.io.IOException;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;

/**
 * The journal of a node in a cluster. What came after a checkpoint is not known before the other nodes were asked, so
 * the journal applies it once it is open.
 *
 * @param logBehind makes the log that goes on behind a checkpoint
 * @param threads makes the journal's thread
 */
public record RaftJournalSource(
        RaftJournalConfig config,
        JournalObserver observer,
        Function<LogPosition, RaftLog.Opener> logBehind,
        ThreadFactory threads)
        implements JournalSource {

    @Override
    public void check(LogPosition checkpoint) {
        // The log's own opening says what it lacks.
    }

    @Override
    public Replayed replay(LogPosition checkpoint, StateMachine state) {
        return new Replayed(checkpoint, 0, 0);
    }

    @Override
    public Journal open(LogPosition applied, StateMachine state) throws IOException {
        return RaftJournal.open(config, applied, state, observer, logBehind.apply(applied), threads);
    }
}
