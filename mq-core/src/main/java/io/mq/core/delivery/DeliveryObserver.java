package io.mq.core.delivery;

import io.mq.core.message.Topic;

/** Told of what is sent to subscribers, for figures. Called by many threads; must return at once. */
public interface DeliveryObserver {

    /**
     * Messages were handed to a subscriber's connection.
     *
     * @param bytes of their records, as stored
     * @param delayMillis since the oldest of them was appended
     */
    void delivered(Topic topic, int messages, long bytes, long delayMillis);
}
