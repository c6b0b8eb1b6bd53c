package io.mq.ejb.cluster;

import io.mq.core.command.LogPosition;
import java.util.List;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.StateMachineStorage;

/**
 * Tells the engine up to where mq's last checkpoint has the log; the checkpoint itself is none of the engine's files.
 * Safe for use by several threads.
 */
final class CheckpointPosition implements StateMachineStorage {

    private volatile LogPosition position;

    private record Snapshot(TermIndex getTermIndex) implements SnapshotInfo {
        @Override
        public List<FileInfo> getFiles() {
            return List.of();
        }
    }

    CheckpointPosition(LogPosition position) {
        this.position = position;
    }

    void set(LogPosition next) {
        position = next;
    }

    /** As the engine writes it, whose first index is 0. */
    TermIndex get() {
        LogPosition current = position;
        return current.equals(LogPosition.START)
                ? TermIndex.valueOf(0, RaftLog.INVALID_LOG_INDEX)
                : TermIndex.valueOf(current.term(), current.index());
    }

    static SnapshotInfo snapshot(TermIndex position) {
        return new Snapshot(position);
    }

    @Override
    public SnapshotInfo getLatestSnapshot() {
        TermIndex current = get();
        return current.getIndex() == RaftLog.INVALID_LOG_INDEX ? null : new Snapshot(current);
    }

    @Override
    public void init(RaftStorage storage) {
        // Nothing of it is in the engine's directory.
    }

    @Override
    public void format() {
        // Nothing of it is in the engine's directory.
    }

    @Override
    public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) {
        // A checkpoint replaces the one before it.
    }
}
