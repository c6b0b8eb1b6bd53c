package io.mq.core.broker;

import io.mq.core.delivery.DeliveryObserver;
import io.mq.core.message.Topic;

/** Counts deliveries by topic and passes them on. */
record CountingObserver(Figures figures, DeliveryObserver next) implements DeliveryObserver {

    @Override
    public void delivered(Topic topic, int messages, long bytes, long delayMillis) {
        figures.of(topic).delivered(messages, bytes);
        next.delivered(topic, messages, bytes, delayMillis);
    }
}
