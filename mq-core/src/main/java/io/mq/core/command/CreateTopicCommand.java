package io.mq.core.command;

import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import java.time.Instant;

/**
 * Creates a topic, or finds the one that has the same name, partitions and configuration.
 *
 * @param segmentBytes the broker's segment size at this moment
 */
public record CreateTopicCommand(String name, int partitions, TopicConfig config, int segmentBytes, Instant createdAt)
        implements Command<CreateTopicCommand.Created> {

    /** @param isNew false where the topic was there already */
    public record Created(Topic topic, boolean isNew) {}
}
