package io.mq.core.command;

import io.mq.core.message.Topic;

/**
 * Tells a shard of a topic as the catalog, which is another shard's, has it: the shard comes to hold its share of the
 * partitions. One that it has under the same name and a smaller id is gone from the catalog, and goes; one with a greater
 * id is newer than what the shard is told, and stays.
 */
public record PutTopicCommand(Topic topic) implements Command<Topic> {}
