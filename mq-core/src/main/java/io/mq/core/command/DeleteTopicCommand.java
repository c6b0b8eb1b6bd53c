package io.mq.core.command;

import io.mq.core.message.Topic;

/** Deletes a topic, its messages and all offsets committed in it; answers what was deleted. */
public record DeleteTopicCommand(int topicId) implements Command<Topic> {}
