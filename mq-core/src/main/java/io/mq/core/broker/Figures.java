package io.mq.core.broker;

import io.mq.core.message.Topic;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The counters of every topic, and of what another node does for this one. Safe for use by any thread. */
public final class Figures {

    private final Map<Integer, TopicFigures> byTopic = new ConcurrentHashMap<>();

    private final ForwardedFigures forwarded = new ForwardedFigures();

    public TopicFigures of(Topic topic) {
        return byTopic.computeIfAbsent(topic.id(), id -> new TopicFigures());
    }

    public ForwardedFigures forwarded() {
        return forwarded;
    }

    void remove(Topic topic) {
        byTopic.remove(topic.id());
    }

    void sample(double secondsSinceLast) {
        byTopic.values().forEach(figures -> figures.sample(secondsSinceLast));
    }
}
