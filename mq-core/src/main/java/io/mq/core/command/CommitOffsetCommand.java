package io.mq.core.command;

import io.mq.core.message.PartitionId;
import java.time.Instant;

/**
 * Moves a consumer group's committed offset forward. An offset behind the committed one changes nothing.
 *
 * @param offset the next offset that the group will read
 * @param metadata the committer's own note, returned with the offset
 */
public record CommitOffsetCommand(
        String group, PartitionId partition, long offset, String metadata, Instant committedAt)
        implements Command<CommitOffsetCommand.Committed> {

    /** @param offset what is committed now */
    public record Committed(long offset) {}
}
