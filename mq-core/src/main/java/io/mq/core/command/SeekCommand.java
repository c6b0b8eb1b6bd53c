package io.mq.core.command;

import io.mq.core.message.PartitionId;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/**
 * Moves a consumer group to other offsets, forward or back: in all these partitions or in none.
 *
 * @param targets the next offset that the group will read, one for each partition
 */
public record SeekCommand(String group, Instant soughtAt, List<Target> targets)
        implements Command<List<SeekCommand.Sought>> {

    public SeekCommand {
        targets = List.copyOf(targets);
    }

    /** @param offset the next one to read */
    public record Target(PartitionId partition, long offset) {}

    /**
     * What a seek did, or would do, in one partition.
     *
     * @param before what was committed; empty where nothing was
     * @param offset what is committed now
     */
    public record Sought(int partition, OptionalLong before, long offset) {}
}
