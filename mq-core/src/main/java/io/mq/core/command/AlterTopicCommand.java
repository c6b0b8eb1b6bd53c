package io.mq.core.command;

import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;

/**
 * Changes a topic.
 *
 * @param partitions the new number, at least the present one; 0 leaves it
 * @param change what it sets is set; what it leaves empty stays
 */
public record AlterTopicCommand(int topicId, int partitions, TopicConfig change) implements Command<Topic> {}
