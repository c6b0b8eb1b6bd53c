package io.mq.core.broker;

import java.util.concurrent.atomic.LongAdder;

/** What went through a topic since this node started. Safe for use by any thread. */
public final class TopicFigures {

    private final LongAdder publishedMessages = new LongAdder();
    private final LongAdder publishedBytes = new LongAdder();
    private final LongAdder deliveredMessages = new LongAdder();
    private final LongAdder deliveredBytes = new LongAdder();
    private final Rate publishRate = new Rate();
    private final Rate deliveryRate = new Rate();

    void published(int messages, int bytes) {
        publishedMessages.add(messages);
        publishedBytes.add(bytes);
    }

    void delivered(int messages, long bytes) {
        deliveredMessages.add(messages);
        deliveredBytes.add(bytes);
    }

    void sample(double secondsSinceLast) {
        publishRate.sample(publishedMessages(), secondsSinceLast);
        deliveryRate.sample(deliveredMessages(), secondsSinceLast);
    }

    public long publishedMessages() {
        return publishedMessages.sum();
    }

    public long publishedBytes() {
        return publishedBytes.sum();
    }

    public long deliveredMessages() {
        return deliveredMessages.sum();
    }

    public long deliveredBytes() {
        return deliveredBytes.sum();
    }

    /** Messages per second, averaged over the last ten seconds or so. */
    public double publishedPerSecond() {
        return publishRate.perSecond();
    }

    /** Messages per second, averaged over the last ten seconds or so. */
    public double deliveredPerSecond() {
        return deliveryRate.perSecond();
    }
}
