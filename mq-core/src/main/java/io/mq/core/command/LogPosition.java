package io.mq.core.command;

/**
 * Where a command is in a journal.
 *
 * @param term of the leader that has given it its place; 0 in the journal of a single node
 * @param index grows from command to command, or stays where several were journaled as one
 */
public record LogPosition(long term, long index) {

    /** Before the first command. */
    public static final LogPosition START = new LogPosition(0, 0);

    /** A place in the journal of a single node. */
    public static LogPosition of(long index) {
        return new LogPosition(0, index);
    }
}
