package io.mq.core.broker;

import io.mq.core.message.MessageId;
import io.mq.core.message.PartitionId;
import java.time.Instant;

/**
 * A message, or a batch of them, that was taken.
 *
 * @param topic where it went; the dead-letter topic where that was asked
 * @param offset of the first message; those of others follow without a gap
 * @param appendTime when it was taken, this time
 * @param durability what it survives
 * @param isDuplicate whether its producer had sent it before, and it was stored then
 */
public record Published(
        String topic,
        PartitionId partition,
        long offset,
        Instant appendTime,
        Durability durability,
        boolean isDuplicate) {

    public String messageId() {
        return MessageId.of(partition, offset);
    }
}
