package io.mq.core.broker;

import io.mq.core.command.LogPosition;
import io.mq.core.command.StateMachine;
import io.mq.core.journal.FileJournal;
import io.mq.core.journal.Journal;
import io.mq.core.journal.JournalConfig;
import io.mq.core.journal.JournalObserver;
import io.mq.core.journal.JournalReplay;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The journal of a single node.
 *
 * @param directory where its files are
 */
record FileJournalSource(JournalConfig config, Engine.Platform platform, Path directory, JournalObserver observer)
        implements JournalSource {

    @Override
    public void check(LogPosition checkpoint) throws IOException {
        JournalReplay.check(platform.disk(), directory, checkpoint.index());
    }

    @Override
    public Replayed replay(LogPosition checkpoint, StateMachine state) throws IOException {
        JournalReplay.Result replay = JournalReplay.run(platform.disk(), directory, checkpoint.index(), state);
        return new Replayed(LogPosition.of(replay.nextIndex() - 1), replay.commands(), replay.bytes());
    }

    /** Deletes what a checkpoint holds all of. */
    void delete() throws IOException {
        platform.disk().deleteTree(directory);
    }

    @Override
    public Journal open(LogPosition applied, StateMachine state) throws IOException {
        return FileJournal.open(
                config,
                platform.disk(),
                directory,
                applied.index() + 1,
                state,
                observer,
                platform.threads(),
                platform.housekeeping(),
                platform.random());
    }
}
