package io.mq.core.broker;

import io.mq.core.delivery.DeliveryObserver;
import io.mq.core.journal.JournalObserver;
import io.mq.core.message.Topic;

/** Told of what the broker does, for histograms. Called by many threads; must return at once. */
public interface BrokerObserver extends JournalObserver, DeliveryObserver {

    BrokerObserver NONE = new BrokerObserver() {
        @Override
        public void published(int messages, int bytes, long nanos) {}

        @Override
        public void delivered(Topic topic, int messages, long bytes, long delayMillis) {}

        @Override
        public void roundForced(int commands, int bytes, long placedBytes, long forceNanos) {}

        @Override
        public void checkpointed(long nanos) {}
    };

    /** A batch was acknowledged, so long after it was submitted. */
    void published(int messages, int bytes, long nanos);

    /** A checkpoint is complete; it took so long. */
    void checkpointed(long nanos);
}
