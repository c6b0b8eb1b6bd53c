package io.mq.ejb.cluster;

import io.mq.core.command.LogPosition;
import io.mq.core.journal.RaftLog.Replica;
import java.util.concurrent.CompletableFuture;

/** What a shard's log tells the node that keeps a replica, on threads of the engine: nothing here may wait. */
interface ShardEvents {

    /** For who wants to know nothing and has nothing to give. */
    ShardEvents NONE = new ShardEvents() {
        @Override
        public void changed() {
            // Nobody asked.
        }

        @Override
        public CompletableFuture<LogPosition> fetchSnapshot(String leader, Replica replica) {
            return CompletableFuture.failedFuture(new UnsupportedOperationException("nobody fetches snapshots here"));
        }
    };

    /** Another replica leads, or this one has begun or ceased to, or there are other replicas. */
    void changed();

    /**
     * The leader's log no longer has what this replica lacks: a snapshot is to be {@linkplain Replica#install installed}.
     *
     * @param leader the replica that has one
     * @return the position up to which the replica holds everything then
     */
    CompletableFuture<LogPosition> fetchSnapshot(String leader, Replica replica);
}
