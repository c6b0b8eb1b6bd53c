package io.mq.ejb.cluster;

import io.mq.core.command.LogPosition;
import io.mq.core.file.NioDisk;
import io.mq.core.journal.Proposal;
import io.mq.core.journal.RaftLog.Replica;
import io.mq.ejb.engine.Followed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServer.Division;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.util.LifeCycle;

/** Hands what the engine has committed to a replica, and the replica's position to the engine. */
final class ReplicaStateMachine extends BaseStateMachine implements Followed {

    /**
     * What stays the same however often the log is opened.
     *
     * @param events is told what becomes of the log
     * @param sent what this node has proposed to leaders elsewhere
     * @param isAwaitedElsewhere whether somebody may wait at another node for what is committed
     * @param log is asked before each force of the log's files
     * @param termsFile where the terms of the log's entries are kept
     */
    record Surroundings(
            Replica replica,
            ShardEvents events,
            SentProposals sent,
            boolean isAwaitedElsewhere,
            DataApi log,
            Path termsFile) {}

    private final Surroundings around;
    private final CheckpointPosition checkpoint;

    /** Up to where the replica has applied the log in an earlier opening of it, which the engine does not know of. */
    private final long appliedBefore;

    /** Whether the engine has opened the log. */
    private volatile boolean isOpened;

    /** Wake what sends the log to the followers, while this replica leads. */
    private final Set<Runnable> followers = new CopyOnWriteArraySet<>();

    /** Null before the log is there, as is what it is part of. */
    private volatile TermHistory terms;

    private volatile Division division;

    /** The last index that the engine may forget. */
    private final AtomicLong released;

    /** Whether this node itself ends the shard's log. */
    private volatile boolean isClosing;

    /** Whether the engine has ended the log because others do not count this replica as a voter. */
    private volatile boolean isOutvoted;

    /** Null while the engine appends what a leader sends. */
    private final AtomicReference<Throwable> appendsEnded = new AtomicReference<>();

    /** @param position of the last entry that the replica holds */
    ReplicaStateMachine(Surroundings around, LogPosition position) {
        this(around, position, RaftLog.INVALID_LOG_INDEX);
        this.isOpened = true;
    }

    private ReplicaStateMachine(Surroundings around, LogPosition position, long appliedBefore) {
        this.around = around;
        this.checkpoint = new CheckpointPosition(position);
        this.released = new AtomicLong(checkpoint.get().getIndex());
        this.appliedBefore = appliedBefore;
    }

    /**
     * Another one for the same replica: the engine opens the log anew. To be called when it has closed it. Requests are taken
     * once it {@linkplain #opened has}.
     */
    ReplicaStateMachine next() {
        TermIndex held = checkpoint.get();
        return new ReplicaStateMachine(
                around,
                new LogPosition(held.getTerm(), held.getIndex()),
                Math.max(appliedBefore, getLastAppliedTermIndex().getIndex()));
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId group, RaftStorage storage) throws IOException {
        getLifeCycle()
                .startAndTransition(
                        () -> {
                            super.initialize(server, group, storage);
                            setLastAppliedTermIndex(checkpoint.get());
                            terms = TermHistory.open(new NioDisk(), around.termsFile);
                            note(checkpoint.get().getTerm(), checkpoint.get().getIndex());
                        },
                        IOException.class);
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return checkpoint;
    }

    @Override
    public DataApi data() {
        return around.log;
    }

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) {
        Message message = request.getMessage();
        return TransactionContext.newBuilder()
                .setStateMachine(this)
                .setClientRequest(request)
                .setLogData(message.getContent())
                .setStateMachineContext(message)
                .build();
    }

    @Override
    public TransactionContext preAppendTransaction(TransactionContext transaction) {
        if (transaction.getStateMachineContext() instanceof AppendedMessage message) {
            message.appended();
        }
        return transaction;
    }

    /**
     * {@inheritDoc}
     *
     * <p>A failure must be thrown: the engine goes on with the next entry where it finds one in the answer.
     */
    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        LogPosition position = new LogPosition(entry.getTerm(), entry.getIndex());
        if (position.index() > appliedBefore) {
            apply(position, transaction);
        }
        updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        note(position.term(), position.index());
        return CompletableFuture.completedFuture(Message.EMPTY);
    }

    private void apply(LogPosition position, TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        Optional<Proposal> own = transaction.getStateMachineContext() instanceof Proposed proposed
                ? Optional.of(proposed.proposal())
                : around.sent.take(entry.getStateMachineLogEntry());
        if (own.isPresent()) {
            around.replica.apply(position, own.get());
        } else {
            around.replica.apply(position, dataOf(entry));
        }
        if (around.isAwaitedElsewhere) {
            followers.forEach(Runnable::run);
        }
    }

    static ByteBuffer dataOf(LogEntryProto entry) {
        return entry.getStateMachineLogEntry()
                .getLogData()
                .asReadOnlyByteBuffer()
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Says that the engine has opened the log for which this is the {@link #next} one. */
    void opened() {
        isOpened = true;
    }

    @Override
    public boolean isTakingRequests() {
        return isOpened && !isClosing;
    }

    @Override
    public void appendsHaveEnded(Throwable why) {
        // It is told of each append from then on, and changes once.
        if (appendsEnded.compareAndSet(null, why)) {
            around.events.changed();
        }
    }

    /** Why the engine appends nothing more to this replica's log; empty while it does, or where the log is ending anyway. */
    Optional<Throwable> appendsEnded() {
        return isClosing ? Optional.empty() : Optional.ofNullable(appendsEnded.get());
    }

    /** Says that the log cannot be opened again. */
    void failed(Throwable cause) {
        around.replica.fail(cause);
    }

    /**
     * Says that a checkpoint holds everything up to this position.
     *
     * @param forgettable the last index that followers do not need
     */
    void release(LogPosition through, long forgettable) {
        checkpoint.set(through);
        releaseThrough(forgettable);
    }

    /** {@inheritDoc} What was {@linkplain #release released} is what the engine may forget. */
    @Override
    public long takeSnapshot() {
        return released.get();
    }

    /** It never goes back: the engine would end the log. */
    private void releaseThrough(long index) {
        released.accumulateAndGet(index, Math::max);
    }

    /** Says that the log ends because this node wants it to. */
    void closing() {
        isClosing = true;
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId self, RaftPeerId leader) {
        if (leader != null) {
            around.sent.leads(leader.toString());
        }
        around.events.changed();
    }

    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        super.notifyTermIndexUpdated(term, index);
        note(term, index);
    }

    private void note(long term, long index) {
        try {
            if (index >= 0) {
                terms.note(term, index);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>A leader asks for the entry before its log's first, to compare it with the last of a follower that has everything
     * up to there. Its appender ends for good where it does not get exactly that one.
     */
    @Override
    public SnapshotInfo getLatestSnapshot() {
        Division log = division();
        if (log == null || !log.getInfo().isLeader()) {
            return super.getLatestSnapshot();
        }
        long last = log.getRaftLog().getStartIndex() - 1;
        OptionalLong term = terms.termOf(last);
        return term.isEmpty() || last >= checkpoint.get().getIndex()
                ? super.getLatestSnapshot()
                : CheckpointPosition.snapshot(TermIndex.valueOf(term.getAsLong(), last));
    }

    private Division division() {
        if (division == null) {
            try {
                RaftServer server = getServer().getNow(null);
                division = server == null ? null : server.getDivision(getGroupId());
            } catch (IOException | RuntimeException e) {
                // It is being opened.
                return null;
            }
        }
        return division;
    }

    @Override
    public void following(Runnable wake) {
        followers.add(wake);
    }

    @Override
    public void followingEnds(Runnable wake) {
        followers.remove(wake);
    }

    @Override
    public void notifyLeaderReady() {
        around.events.changed();
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pending) {
        around.events.changed();
    }

    @Override
    public void notifyConfigurationChanged(long term, long index, RaftConfigurationProto configuration) {
        around.events.changed();
    }

    /**
     * {@inheritDoc}
     *
     * <p>The engine asks again where this fails. It asks each new replica, needed or not, and takes null for no.
     */
    @Override
    public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(RoleInfoProto role, TermIndex firstInLog) {
        if (firstInLog.getIndex() <= getLastAppliedTermIndex().getIndex() + 1) {
            return CompletableFuture.completedFuture(null);
        }
        String leader = role.getFollowerInfo().getLeaderInfo().getId().getId().toStringUtf8();
        around.sent.suspend();
        return around.events
                .fetchSnapshot(leader, around.replica)
                .<TermIndex>thenApply(position -> {
                    checkpoint.set(position);
                    releaseThrough(position.index());
                    note(position.term(), position.index());
                    return checkpoint.get();
                })
                .whenComplete((position, failure) -> around.sent.resume());
    }

    /**
     * {@inheritDoc}
     *
     * <p>Without all others, that is where this replica stood for election and has no vote, as those say that were asked. It
     * may have been away while it was made an observer, or was removed: who leads tells it once its log is open again.
     */
    @Override
    public void notifyServerShutdown(RoleInfoProto role, boolean isAll) {
        isOutvoted = !isAll && !isClosing;
        around.events.changed();
        if (isAll && !isClosing) {
            around.replica.fail(new IOException("the engine has given up the shard's log; its messages say why"));
        }
    }

    boolean isOutvoted() {
        return isOutvoted;
    }

    @Override
    public void notifyLogFailed(Throwable cause, LogEntryProto entry) {
        around.replica.fail(cause);
    }

    /** Without the transition, the engine closes the shard when the leader has a checkpoint for it. */
    @Override
    public void pause() {
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    @Override
    public void reinitialize() {
        setLastAppliedTermIndex(checkpoint.get());
        getLifeCycle().transition(LifeCycle.State.STARTING);
        getLifeCycle().transition(LifeCycle.State.RUNNING);
    }
}
