package io.mq.core.command;

import io.mq.batch.RecordBatch;
import java.util.Set;

/**
 * What a journal drives: applies commands in the journal's order.
 *
 * <h2>Durability</h2>
 * A command is durable before it is applied. What applying changes is durable by that, and need not be forced. The
 * exception are appends: nobody sees what they change before {@link #flush}, so they may be applied first, and be made
 * durable with the help of {@link #place}.
 *
 * <h2>Threads</h2>
 * One thread at a time calls these methods.
 *
 * <h2>Failure</h2>
 * A refusal ({@link io.mq.core.error.BrokerException}) is an answer like any other and just as deterministic. Any other
 * exception means that the state can no longer be trusted; the journal stops.
 */
public interface StateMachine {

    /** Applies one command; {@code index} is one more than that of the command before. */
    <R> R apply(long index, Command<R> command);

    /**
     * Hands what was applied since the last call to the file system and makes it visible to readers.
     *
     * @return false where the disk is full: all is kept in memory, and the call is to be repeated
     */
    boolean flush();

    /**
     * Forces batches that were appended since the last flush into their segments, where that is cheaper than to journal
     * their bytes. Nobody sees them before the next flush.
     *
     * @param bytesMin what a log must have to be worth a force of its own
     * @return the batches that are on disk, by identity: {@link PlacedAppendCommand} is enough to recover them
     */
    default Set<RecordBatch> place(int bytesMin) {
        return Set.of();
    }
}
