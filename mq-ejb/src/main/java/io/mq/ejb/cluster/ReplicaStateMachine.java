package io.mq.ejb.cluster;

import io.mq.core.command.LogPosition;
import io.mq.core.journal.RaftLog.Replica;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.util.LifeCycle;

/** Hands what the engine has committed to a replica, and the replica's position to the engine. */
final class ReplicaStateMachine extends BaseStateMachine {

    private final Replica replica;
    private final CheckpointPosition checkpoint;
    private final DataApi log;

    /**
     * @param position of the last entry that the replica holds
     * @param log is asked before each force of the log's files
     */
    ReplicaStateMachine(Replica replica, LogPosition position, DataApi log) {
        this.replica = replica;
        this.checkpoint = new CheckpointPosition(position);
        this.log = log;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId group, RaftStorage storage) throws IOException {
        getLifeCycle()
                .startAndTransition(
                        () -> {
                            super.initialize(server, group, storage);
                            setLastAppliedTermIndex(checkpoint.get());
                        },
                        IOException.class);
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return checkpoint;
    }

    @Override
    public DataApi data() {
        return log;
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
        if (transaction.getStateMachineContext() instanceof Proposed proposed) {
            proposed.appended();
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
        if (transaction.getStateMachineContext() instanceof Proposed proposed) {
            replica.apply(position, proposed.proposal());
        } else {
            replica.apply(position, dataOf(entry));
        }
        updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        return CompletableFuture.completedFuture(Message.EMPTY);
    }

    static ByteBuffer dataOf(LogEntryProto entry) {
        return entry.getStateMachineLogEntry()
                .getLogData()
                .asReadOnlyByteBuffer()
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Says that a checkpoint holds everything up to this position. */
    void release(LogPosition through) {
        checkpoint.set(through);
    }

    /** {@inheritDoc} What was {@linkplain #release released} is what the engine may forget. */
    @Override
    public long takeSnapshot() {
        return checkpoint.get().getIndex();
    }

    @Override
    public void notifyLogFailed(Throwable cause, LogEntryProto entry) {
        replica.fail(cause);
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
