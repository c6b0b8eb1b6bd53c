package io.mq.core.delivery;

import java.util.OptionalInt;

/**
 * What a subscriber asks for.
 *
 * @param group empty for a reader without a stored offset
 * @param consumerId the member's name; used with a group only; empty lets the broker choose one
 * @param client where the subscriber is connected from, for people
 * @param partition the only partition wanted; without a group only
 * @param start where to begin in a partition for which the group has committed nothing
 */
public record SubscribeRequest(
        String topic, String group, String consumerId, String client, OptionalInt partition, StartPosition start) {

    public boolean hasGroup() {
        return !group.isEmpty();
    }

    public SubscribeRequest withConsumerId(String name) {
        return new SubscribeRequest(topic, group, name, client, partition, start);
    }
}
