package io.mq.core.broker;

import io.mq.core.checkpoint.CheckpointStore;
import io.mq.core.checkpoint.Checkpointer;
import io.mq.core.checkpoint.IncomingSnapshot;
import io.mq.core.command.LogPosition;
import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import io.mq.core.file.CorruptFileException;
import io.mq.core.file.Disk;
import io.mq.core.file.DiskFullException;
import io.mq.core.journal.Journal;
import io.mq.core.journal.RaftLog;
import io.mq.core.state.BrokerStateMachine;
import io.mq.core.state.StateImage;
import io.mq.core.state.StateListener;
import io.mq.core.storage.LogStorage;
import io.mq.core.storage.ShardDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The part of the broker that keeps things: state, journal and checkpoints over one data directory. Opening it recovers:
 * the last checkpoint, the logs cut back to it, the journal replayed, and the result checkpointed at once, so that
 * nothing which is acknowledged from then on rests on files that an earlier process may have left unforced.
 */
public final class Engine implements Closeable {

    private final BrokerStateMachine state;
    private final Journal journal;
    private final Checkpointer checkpointer;
    private final CheckpointStore store;
    private final LogStorage storage;
    private final RecoverySummary recovery;

    /**
     * What an engine runs on.
     *
     * @param threads makes the journal's writer; the thread must never be interrupted
     * @param housekeeping prepares and recycles the journal's files
     */
    public record Platform(
            Disk disk, ThreadFactory threads, Executor housekeeping, LongSupplier nanoClock, RandomGenerator random) {}

    private Engine(
            BrokerStateMachine state,
            Journal journal,
            Checkpointer checkpointer,
            CheckpointStore store,
            LogStorage storage,
            RecoverySummary recovery) {
        this.state = state;
        this.journal = journal;
        this.checkpointer = checkpointer;
        this.store = store;
        this.storage = storage;
        this.recovery = recovery;
    }

    /**
     * Recovers and starts. The directory and the store stay the caller's to close, the store only if this fails.
     *
     * @param listenerOf makes the listener that is told of what happens after the recovery
     * @throws StartupException saying what stands in the way
     */
    public static Engine open(
            EngineConfig config,
            Platform platform,
            ShardDirectory directory,
            CheckpointStore store,
            JournalSource journals,
            Function<BrokerStateMachine, StateListener> listenerOf) {
        LogStorage storage = LogStorage.on(platform.disk(), config.openFilesMax(), config.tailBytesMax());
        try {
            return recover(platform, directory, store, storage, journals, listenerOf);
        } catch (CorruptFileException e) {
            throw new StartupException(StartupFailure.CORRUPT_DATA, "stored data is damaged: " + e.getMessage(), e);
        } catch (DiskFullException e) {
            throw diskFull(directory, e);
        } catch (IOException | UncheckedIOException e) {
            throw new StartupException(
                    StartupFailure.DATA_DIRECTORY_UNUSABLE,
                    "cannot recover from the data directory %s: %s".formatted(directory.root(), e.getMessage()),
                    e);
        }
    }

    private static Engine recover(
            Platform platform,
            ShardDirectory directory,
            CheckpointStore store,
            LogStorage storage,
            JournalSource journals,
            Function<BrokerStateMachine, StateListener> listenerOf)
            throws IOException {
        long startNanos = platform.nanoClock().getAsLong();
        IncomingSnapshot.finish(directory, store);
        StateImage image = store.load();
        journals.check(image.applied());
        BrokerStateMachine state = BrokerStateMachine.restore(image, directory, storage);
        JournalSource.Replayed replay = journals.replay(image.applied(), state);
        state.completeRecovery();
        Checkpointer checkpointer = new Checkpointer(state, store, directory, platform.nanoClock());
        if (!checkpointer.checkpointAfterReplay(replay.applied())) {
            throw diskFull(directory, null);
        }
        state.setListener(listenerOf.apply(state));
        Journal journal = journals.open(replay.applied(), state);
        RecoverySummary recovery = new RecoverySummary(
                replay.commands(), replay.bytes(), platform.nanoClock().getAsLong() - startNanos);
        return new Engine(state, journal, checkpointer, store, storage, recovery);
    }

    private static StartupException diskFull(ShardDirectory directory, Throwable cause) {
        return new StartupException(
                StartupFailure.DISK_FULL,
                "the disk of %s has no room to recover what the journal holds; free some space and start again"
                        .formatted(directory.root()),
                cause);
    }

    public BrokerStateMachine state() {
        return state;
    }

    public Journal journal() {
        return journal;
    }

    public Checkpointer checkpointer() {
        return checkpointer;
    }

    public RecoverySummary recovery() {
        return recovery;
    }

    /** @return false where the disk is full */
    public boolean checkpoint() throws IOException {
        return checkpointer.checkpoint(journal);
    }

    /**
     * Replaces everything by another node's checkpoint; see {@link Checkpointer#install}.
     *
     * @return up to where this node has everything now
     */
    public LogPosition install(IncomingSnapshot snapshot, RaftLog.Replica replica) throws IOException {
        return checkpointer.install(snapshot, journal, replica);
    }

    /** Finishes what was submitted and closes everything; whoever wants a quick next start checkpoints before. */
    @Override
    public void close() throws IOException {
        journal.close();
        store.close();
        storage.files().close();
    }
}
