package io.mq.core.command;

import io.mq.batch.RecordBatch;
import io.mq.core.message.PartitionId;

/**
 * Appends a batch to a partition.
 *
 * @param batch stamped with its append time; applying stamps offset and epoch into the same bytes
 */
public record AppendCommand(PartitionId partition, RecordBatch batch) implements Command<AppendCommand.Appended> {

    /**
     * @param baseOffset the offset of the batch's first record
     * @param isDuplicate whether its producer had sent the batch before, and it was stored then
     */
    public record Appended(long baseOffset, boolean isDuplicate) {}
}
