package io.mq.ejb.cluster;

import io.mq.core.command.StateMachine;
import io.mq.core.journal.Journal;
import io.mq.core.journal.JournalConcurrencyContract;
import io.mq.core.journal.RaftJournalConfig;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class RaftJournalConcurrencyTest extends JournalConcurrencyContract {

    private static final RaftJournalConfig CONFIG = new RaftJournalConfig(64 << 10, 16 << 10, 1 << 20, 4);

    @TempDir
    private Path temporary;

    private int journals;

    /** Each takes an election. */
    @Override
    protected int closingAttempts() {
        return 4;
    }

    @Override
    protected Journal openNew(StateMachine stateMachine) throws IOException {
        return new SingleReplica(temporary.resolve("journal" + journals++), new LogGate(), CONFIG).open(stateMachine);
    }
}
