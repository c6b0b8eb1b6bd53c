package io.mq.core.checkpoint;

import io.mq.core.command.LogPosition;
import io.mq.core.journal.Journal;
import io.mq.core.journal.RaftLog;
import io.mq.core.state.BrokerStateMachine;
import io.mq.core.state.StateDelta;
import io.mq.core.state.StateDelta.ChangedLog;
import io.mq.core.state.StateDelta.DeletedTopic;
import io.mq.core.state.StateImage;
import io.mq.core.storage.ShardDirectory;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Moves what the journal holds to its final place: forces the segments that changed, then saves what changed in one
 * transaction, then lets the journal's files go. In this order a crash at any point leaves a checkpoint whose segments
 * are on disk and a journal with everything after it.
 *
 * <p>Any thread that nobody interrupts may call, since it waits for the disk; one checkpoint runs at a time.
 */
public final class Checkpointer {

    private static final Logger LOG = System.getLogger(Checkpointer.class.getName());

    private final BrokerStateMachine state;
    private final CheckpointStore store;
    private final ShardDirectory directory;
    private final DeletedTopics deletedTopics;
    private final LongSupplier nanoClock;

    /** Guarded by {@code this}. A change that could not be saved, to be saved with the next; null while there is none. */
    private StateDelta unsaved;

    /** Guarded by {@code this}. */
    private long savedIndex;

    /** Guarded by {@code this}. Saved changes whose files an open snapshot may need; null while there are none. */
    private StateDelta kept;

    /** Guarded by {@code this}. */
    private int openSnapshots;

    /** Guarded by {@code this}. */
    private long snapshots;

    /** The journal's {@link Journal#bytesWritten} when the last saved checkpoint was taken. */
    private final AtomicLong coveredBytes = new AtomicLong();

    /** Whether somebody waits for what only a checkpoint does, such as freeing disk. */
    private volatile boolean isWanted;

    private volatile long completedNanos;
    private volatile IOException lastFailure;

    /** @param journalBytes what the journal had written by then */
    private record Taken(StateDelta delta, long journalBytes) {}

    public Checkpointer(
            BrokerStateMachine state, CheckpointStore store, ShardDirectory directory, LongSupplier nanoClock) {
        this.state = state;
        this.store = store;
        this.directory = directory;
        this.deletedTopics = new DeletedTopics(directory);
        this.nanoClock = nanoClock;
        this.completedNanos = nanoClock.getAsLong();
    }

    /**
     * Takes a checkpoint and waits for it.
     *
     * @return false where the disk is full and there is nothing to checkpoint safely; the journal keeps everything
     * @throws IOException where the store failed, and what changed is kept for the next attempt; where a force or the
     *     journal has failed, and there are no more checkpoints
     */
    public synchronized boolean checkpoint(Journal journal) throws IOException {
        isWanted = false;
        Optional<Taken> taken;
        try {
            taken = journal.observe(applied -> take(journal, applied)).join();
        } catch (CompletionException e) {
            throw new IOException("could not look at the state", e.getCause());
        }
        if (taken.isEmpty()) {
            return false;
        }
        StateDelta delta = taken.get().delta;
        try {
            force(delta);
        } catch (IOException e) {
            // The segments may lack what only the journal still has: nothing more may be promised on this disk.
            journal.poison(e);
            throw e;
        }
        save(delta);
        coveredBytes.set(taken.get().journalBytes);
        if (openSnapshots == 0) {
            // Whoever fetches a snapshot needs the journal from there on.
            journal.release(delta.applied());
        }
        return true;
    }

    /** Lends the last checkpoint to another node, with all files that belong to it. */
    public synchronized OutgoingSnapshot openSnapshot() throws IOException {
        StateImage image = store.load();
        openSnapshots++;
        return OutgoingSnapshot.of(directory, image, ++snapshots, this::snapshotClosed);
    }

    private synchronized void snapshotClosed() {
        openSnapshots--;
        // The next checkpoint frees what was kept.
        isWanted = true;
    }

    /**
     * Replaces the state and all that is stored by another node's checkpoint.
     *
     * @return up to where this node has everything now; the snapshot is not used where that is no further than before
     * @throws IOException where the snapshot did not arrive as it should, and nothing has changed; or where it could not
     *     be put in place, and the journal has failed
     */
    public synchronized LogPosition install(IncomingSnapshot snapshot, Journal journal, RaftLog.Replica replica)
            throws IOException {
        StateImage image = snapshot.check();
        LogPosition installed = replica.install(image.applied(), () -> {
            snapshot.accept();
            state.discard();
            IncomingSnapshot.finish(directory, store);
            state.replaceBy(image);
        });
        if (!installed.equals(image.applied())) {
            snapshot.discard();
            return installed;
        }
        unsaved = null;
        kept = null;
        savedIndex = image.applied().index();
        coveredBytes.set(journal.bytesWritten());
        completedNanos = nanoClock.getAsLong();
        return installed;
    }

    /** Looks at the state, on the journal's thread. */
    private Optional<Taken> take(Journal journal, LogPosition applied) {
        if (!journal.isHealthy()) {
            // A change taken earlier may be in doubt; saving a later one would make the journal forget it.
            throw new IllegalStateException(
                    "the journal has failed; only a restart, which verifies all files, goes on");
        }
        long journalBytes = journal.bytesWritten();
        return state.takeDelta(applied).map(delta -> new Taken(delta, journalBytes));
    }

    /**
     * Takes the checkpoint that ends a recovery, before a journal runs.
     *
     * @return false where the disk is full
     */
    public synchronized boolean checkpointAfterReplay(LogPosition applied) throws IOException {
        Optional<StateDelta> delta = state.takeDelta(applied);
        if (delta.isEmpty()) {
            return false;
        }
        force(delta.get());
        save(delta.get());
        deletedTopics.deleteOrphans(state.catalog());
        directory.deleteTree(directory.outgoing());
        return true;
    }

    private static void force(StateDelta delta) throws IOException {
        for (ChangedLog changed : delta.logs().values()) {
            changed.log().force();
        }
    }

    private void save(StateDelta taken) throws IOException {
        StateDelta delta = unsaved == null ? taken : unsaved.followedBy(taken);
        unsaved = delta;
        if (!delta.isEmpty() || delta.applied().index() > savedIndex) {
            try {
                store.save(delta);
            } catch (IOException e) {
                lastFailure = e;
                throw e;
            }
        }
        unsaved = null;
        lastFailure = null;
        savedIndex = delta.applied().index();
        completedNanos = nanoClock.getAsLong();
        freeDisk(delta);
    }

    /** Deletes what the saved checkpoint no longer needs. What cannot be deleted now goes with a later checkpoint or start. */
    private void freeDisk(StateDelta newlySaved) {
        StateDelta saved = kept == null ? newlySaved : kept.followedBy(newlySaved);
        if (openSnapshots > 0) {
            kept = saved;
            return;
        }
        kept = null;
        try {
            for (ChangedLog changed : saved.logs().values()) {
                changed.log().checkpointed(changed.state());
                changed.log().deleteObsolete();
            }
            for (DeletedTopic deleted : saved.removedTopics().values()) {
                deletedTopics.delete(deleted);
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "Could not delete files that are no longer needed", e);
        }
    }

    /** Journal bytes that a restart would have to replay now. */
    public long uncoveredBytes(Journal journal) {
        return journal.bytesWritten() - coveredBytes.get();
    }

    /** Asks for a checkpoint soon: it is what frees the disk of deleted and expired messages. */
    public void want() {
        isWanted = true;
    }

    public boolean isWanted() {
        return isWanted;
    }

    /** Time since the last checkpoint was complete. */
    public long ageNanos() {
        return nanoClock.getAsLong() - completedNanos;
    }

    /** Why the last attempt failed; empty after a success. */
    public Optional<IOException> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }
}
