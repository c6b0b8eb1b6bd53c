package io.mq.core.command;

import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import java.time.Instant;

/**
 * Creates a topic, or finds the one that has the same name, partitions and configuration.
 *
 * @param segmentBytes the broker's segment size at this moment
 * @param shards over how many shards its partitions are to be spread
 */
public record CreateTopicCommand(
        String name, int partitions, TopicConfig config, int segmentBytes, Instant createdAt, int shards)
        implements Command<CreateTopicCommand.Created> {

    /** Creates a topic that has all its partitions in one shard. */
    public CreateTopicCommand(String name, int partitions, TopicConfig config, int segmentBytes, Instant createdAt) {
        this(name, partitions, config, segmentBytes, createdAt, 1);
    }

    /** @param isNew false where the topic was there already */
    public record Created(Topic topic, boolean isNew) {}
}
