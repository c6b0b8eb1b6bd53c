package io.mq.core.broker;

import io.mq.core.message.MessageId;
import io.mq.core.message.PartitionId;
import java.time.Instant;

/**
 * A message that was taken.
 *
 * @param topic where it went; the dead-letter topic where that was asked
 * @param durability what it survives
 */
public record Published(String topic, PartitionId partition, long offset, Instant appendTime, Durability durability) {

    public String messageId() {
        return MessageId.of(partition, offset);
    }
}
