package io.mq.core.command;

import io.mq.core.message.PartitionId;

/**
 * Gives up the messages below an offset. Retention decides once and journals its decision, so that a replay, or a
 * replica with another clock, gives up the same ones.
 *
 * @param logStart the first offset that stays; an offset behind the present start changes nothing
 */
public record AdvanceLogStartCommand(PartitionId partition, long logStart)
        implements Command<AdvanceLogStartCommand.Advanced> {

    /** @param logStart where the log starts now */
    public record Advanced(long logStart) {}
}
