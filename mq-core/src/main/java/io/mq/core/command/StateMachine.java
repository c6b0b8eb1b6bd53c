package io.mq.core.command;

/**
 * What a journal drives: applies commands in the journal's order.
 *
 * <h2>Durability</h2>
 * A command is durable before it is applied. What applying changes is durable by that, and need not be forced.
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
}
