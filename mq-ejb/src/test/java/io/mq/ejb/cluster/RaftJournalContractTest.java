package io.mq.ejb.cluster;

import io.mq.core.command.StateMachine;
import io.mq.core.journal.Journal;
import io.mq.core.journal.JournalContract;
import io.mq.core.journal.RaftJournalConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

class RaftJournalContractTest extends JournalContract {

    /** One entry under way, so that what comes later waits in the journal. */
    private static final RaftJournalConfig CONFIG = new RaftJournalConfig(16 << 10, 4 << 10, 10_000, 1);

    private final LogGate gate = new LogGate();

    @TempDir
    private Path directory;

    private SingleReplica replica;

    @Override
    protected Journal open(StateMachine stateMachine) throws IOException {
        replica = new SingleReplica(directory, gate, CONFIG);
        return replica.open(stateMachine);
    }

    @Override
    protected List<String> recoverableAfter(long index) throws IOException {
        return replica.recoverableAfter(index);
    }

    @Override
    protected void holdDurability() {
        gate.shut();
    }

    @Override
    protected void awaitHeldCommand() {
        gate.awaitArrival();
    }

    @Override
    protected void releaseDurability() {
        gate.open();
    }

    @Override
    protected void breakDurability() {
        gate.breakDown();
    }

    @Override
    protected int commandBytesMax() {
        return CONFIG.commandBytesMax();
    }

    @Override
    protected int queueBytesMax() {
        return CONFIG.queueBytesMax();
    }
}
