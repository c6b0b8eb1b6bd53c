package io.mq.core.delivery;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.PartitionId;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Keeps consumers from undoing a seek. A consumer that still works on what it was sent before the seek will commit an
 * offset that the group has not reached again, and as commits only go forward, the replay would end there. So, until the
 * group has been sent again all that it may have been sent before, it cannot commit more than it has been sent since.
 *
 * <p>Lives in memory alone: consumers lose their subscriptions with a restart of the node too. Not thread-safe,
 * except {@link #isRaised}; {@link ConsumerGroups} guards it.
 */
final class SeekFences {

    private record Key(String group, PartitionId partition) {}

    /**
     * @param position what the group has been sent since the seek, as far as is known
     * @param end nothing from here on was sent before the seek
     */
    private record Fence(long position, long end) {}

    private final Map<Key, Fence> fences = new ConcurrentHashMap<>();

    /** A seek has moved the group to {@code offset} in a partition that ends at {@code end}. */
    void raise(String group, PartitionId partition, long offset, long end) {
        Key key = new Key(group, partition);
        if (offset < end) {
            fences.put(key, new Fence(offset, end));
        } else {
            fences.remove(key);
        }
    }

    /** Whether there is a fence at all. Any thread may ask. */
    boolean isRaised(String group, PartitionId partition) {
        return fences.containsKey(new Key(group, partition));
    }

    /**
     * @param position the next offset that the group's present owner of the partition will be sent
     * @throws BrokerException {@link Reason#COMMIT_FENCED}
     */
    void requireNotFenced(String group, PartitionId partition, long offset, Supplier<OptionalLong> position) {
        Key key = new Key(group, partition);
        Fence fence = fences.get(key);
        if (fence == null) {
            return;
        }
        long reached = Math.max(fence.position, position.get().orElse(fence.position));
        if (reached >= fence.end) {
            fences.remove(key);
            return;
        }
        fences.put(key, new Fence(reached, fence.end));
        if (offset > reached && offset <= fence.end) {
            throw BrokerException.of(
                    Reason.COMMIT_FENCED,
                    "offset %d was delivered before a seek moved consumer group '%s'; it has been sent offsets up to %d since, go on with those"
                            .formatted(offset, group, reached - 1),
                    Map.of("consumer_group", group, "position", Long.toString(reached)));
        }
    }

    void forgetGroup(String group) {
        fences.keySet().removeIf(key -> key.group.equals(group));
    }

    void forgetTopic(int topicId) {
        fences.keySet().removeIf(key -> key.partition.topicId() == topicId);
    }
}
