package io.mq.core.broker;

import java.util.OptionalInt;

/**
 * What a producer says of itself before it publishes.
 *
 * @param topic that it is going to write to
 * @param producerId 0 for none; a life of this number begins, and every earlier one is at an end
 * @param after the epoch of the life that this one is to follow, refused where there has been another since; empty where it
 *     follows whichever there was
 * @param shard the only one that it is going to write to; empty where it may write to all
 */
public record ProducerOpening(String topic, long producerId, OptionalInt after, OptionalInt shard) {

    /** Follows whichever life there was, and may write to all shards. */
    public static ProducerOpening of(String topic, long producerId) {
        return new ProducerOpening(topic, producerId, OptionalInt.empty(), OptionalInt.empty());
    }
}
