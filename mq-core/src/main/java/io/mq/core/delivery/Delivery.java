package io.mq.core.delivery;

import io.mq.core.message.Topic;
import java.nio.ByteBuffer;

/**
 * One message on its way to a subscriber.
 *
 * @param appendTimeMillis when the broker took it, in milliseconds since 1970
 * @param attempt 1 for the first delivery to this subscriber's group since this node started
 * @param record the bytes of the {@code mq.Record}, as stored
 */
public record Delivery(
        Topic topic, int partition, long offset, long appendTimeMillis, int attempt, ByteBuffer record) {}
