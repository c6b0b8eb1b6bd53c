package io.mq.core.delivery;

import io.mq.core.message.PartitionId;
import java.time.Instant;

/**
 * One consumer in a group.
 *
 * @param id the consumer's own name, unique in its group and topic at any time
 * @param client where it is connected from, for people
 */
record GroupMember(String id, String client, Instant joinedAt, StartPosition start, Subscription subscription) {

    void revoke(PartitionId partition, Runnable onReleased) {
        subscription.revoke(partition, onReleased);
    }

    /** A member is itself, not another with the same name that came later. */
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
