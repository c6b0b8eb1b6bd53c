package io.mq.core.broker;

import io.mq.batch.Record;
import io.mq.core.message.MessageId;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import java.time.Instant;
import java.util.List;

/**
 * Messages that were read on request.
 *
 * @param start the first offset that is kept
 * @param end the offset that the next message gets
 */
public record Fetched(Topic topic, PartitionId partition, long start, long end, List<Message> messages) {

    public record Message(long offset, Instant appendTime, Record record) {}

    public String messageId(Message message) {
        return MessageId.of(partition, message.offset());
    }
}
