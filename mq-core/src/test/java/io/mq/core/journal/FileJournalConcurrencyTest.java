package io.mq.core.journal;

import io.mq.core.command.StateMachine;
import io.mq.core.file.NioDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;

/** On a real disk: an interrupt inside a real file channel closes it. */
class FileJournalConcurrencyTest extends JournalConcurrencyContract {

    private static final JournalConfig CONFIG = new JournalConfig(64 << 10, 16 << 10, 1 << 20, 1 << 10);

    @TempDir
    private Path temporary;

    private int journals;

    @Override
    protected Journal openNew(StateMachine stateMachine) throws IOException {
        Path directory = temporary.resolve("journal" + journals++);
        return FileJournal.open(
                CONFIG,
                new NioDisk(),
                directory,
                1,
                stateMachine,
                JournalObserver.NONE,
                Thread::new,
                Runnable::run,
                new Random(1));
    }
}
