package io.mq.core.broker;

import io.mq.core.delivery.StartPosition;
import java.util.OptionalInt;

/**
 * A wish to move a consumer group.
 *
 * @param partition empty for all of the topic's
 * @param to where the group is to go on
 * @param isDryRun whether only to tell what would be done
 */
public record SeekRequest(String group, String topic, OptionalInt partition, StartPosition to, boolean isDryRun) {}
