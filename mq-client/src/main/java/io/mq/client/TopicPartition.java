package io.mq.client;

import java.util.Objects;

/** One partition of one topic. */
public record TopicPartition(String topic, int partition) {

    public TopicPartition {
        Objects.requireNonNull(topic, "topic");
    }

    @Override
    public String toString() {
        return topic + "/" + partition;
    }
}
