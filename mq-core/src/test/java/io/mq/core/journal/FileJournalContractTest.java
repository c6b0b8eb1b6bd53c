package io.mq.core.journal;

import io.mq.core.command.StateMachine;
import io.mq.core.file.GatedDisk;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.file.SimulatedDisk.Operation;
import io.mq.core.file.SimulatedDisk.Survival;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

class FileJournalContractTest extends JournalContract {

    private static final Path DIRECTORY = Path.of("/journal");
    private static final JournalConfig CONFIG = new JournalConfig(16 << 10, 4 << 10, 10_000, 1 << 10);

    private final SimulatedDisk simulated = new SimulatedDisk();
    private final GatedDisk disk =
            new GatedDisk(simulated, path -> path.toString().endsWith(".journal"));

    @Override
    protected Journal open(StateMachine stateMachine) throws IOException {
        long nextIndex = JournalReplay.run(disk, DIRECTORY, 0, stateMachine).nextIndex();
        return FileJournal.open(
                CONFIG,
                disk,
                DIRECTORY,
                nextIndex,
                stateMachine,
                JournalObserver.NONE,
                Thread::new,
                Runnable::run,
                new Random(1));
    }

    @Override
    protected List<String> recoverableAfter(long index) throws IOException {
        RecordingStateMachine machine = new RecordingStateMachine();
        SimulatedDisk found = simulated.afterPowerCut(Survival.NOTHING, new Random(1));
        JournalReplay.run(found, DIRECTORY, index, machine);
        return machine.applied();
    }

    @Override
    protected void holdDurability() {
        disk.shut();
    }

    @Override
    protected void awaitHeldCommand() {
        disk.awaitArrival();
    }

    @Override
    protected void releaseDurability() {
        disk.open();
    }

    @Override
    protected void breakDurability() {
        simulated.setHook((operation, path) -> {
            if (operation == Operation.FORCE && path.toString().endsWith(".journal")) {
                throw new IOException("Input/output error");
            }
        });
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
