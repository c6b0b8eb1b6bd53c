package io.mq.core.journal;

import io.mq.core.command.LogPosition;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A log that several nodes keep alike, as {@link RaftJournal} needs it from a consensus engine: whatever the engine says
 * to be committed is on the disks of a majority and is never taken back.
 *
 * <h2>Threads</h2>
 * {@link #propose} is called by one thread, which may wait in it; the other methods by any.
 */
public interface RaftLog extends Closeable {

    /** Opens the log. */
    interface Opener {

        /** @param replica is given what the log holds committed behind its checkpoint, and what follows, once this has
         *     returned */
        RaftLog open(Replica replica) throws IOException;
    }

    /** What is driven by the log: one thread at a time calls it, in the order of the log. */
    interface Replica {

        /**
         * Applies a committed entry of another node, or of an earlier life of this one.
         *
         * @param entry little-endian, {@link Proposal#entry()} of whoever proposed it; only read during the call
         * @throws RuntimeException where the replica can no longer be trusted; it must leave the quorum then
         */
        void apply(LogPosition position, ByteBuffer entry);

        /** Applies a committed entry that this node has proposed, also where it was answered before. */
        void apply(LogPosition position, Proposal own);

        /**
         * Has the state replaced by one that holds everything up to a position, which this node can no longer get from
         * the log. What the log brings of that later is passed over.
         *
         * @param change runs while nothing is applied; where it fails, so has the replica
         * @return up to where the replica holds everything; nothing is replaced where that was not less before
         */
        LogPosition install(LogPosition position, Change change) throws IOException;

        /** The log cannot be written or read any more: nothing more will be committed by this node. */
        void fail(Throwable cause);
    }

    /** Replaces a state. */
    @FunctionalInterface
    interface Change {
        void run() throws IOException;
    }

    /**
     * Tries to have a proposal committed. It is applied when that has happened, or {@linkplain Proposal#refuse refused},
     * or left {@linkplain Proposal#doubt in doubt}.
     */
    void propose(Proposal proposal);

    /** Says that a checkpoint holds everything up to this position, so that it will not be asked for again. */
    void release(LogPosition through);

    /** Leaves the quorum, because this node's replica can no longer be trusted. Returns at once. */
    void leave();
}
