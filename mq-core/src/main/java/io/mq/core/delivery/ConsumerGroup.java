package io.mq.core.delivery;

import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * The members of one consumer group in one topic and who of them reads what. A partition changes hands in two steps:
 * its owner is told to give it up and goes on with the others; when it has sent its last message of it, and not before,
 * the next owner begins where the group has committed.
 *
 * <p>Not thread-safe; {@link ConsumerGroups} guards it.
 */
final class ConsumerGroup {

    /** Opens a member's reader of a partition at the group's committed offset. */
    interface ReaderOpener {
        Subscription.ReaderFactory opening(
                Topic topic,
                PartitionId partition,
                String group,
                StartPosition start,
                DeliveryAttempts attempts,
                long generation);
    }

    private final String name;
    private final ReaderOpener opener;

    /** Called with a member and a partition that it has stopped reading. */
    private final ReleaseListener onReleased;

    private Topic topic;

    /** In the order in which they joined. */
    private final List<GroupMember> members = new ArrayList<>();

    /** Who may be sending each partition now. */
    private final Map<Integer, GroupMember> owners = new HashMap<>();

    /** Partitions whose owner has been told to give them up. */
    private final Set<Integer> revoking = new HashSet<>();

    /** Partitions that a seek has moved, until their next owner begins. */
    private final Set<Integer> moved = new HashSet<>();

    /** The generation of each owner; goes on from one to the next. */
    private final Map<Integer, Long> generations = new HashMap<>();

    private final Map<Integer, DeliveryAttempts> attempts = new HashMap<>();

    interface ReleaseListener {
        void released(ConsumerGroup group, GroupMember member, int partition);
    }

    ConsumerGroup(String name, Topic topic, ReaderOpener opener, ReleaseListener onReleased) {
        this.name = name;
        this.topic = topic;
        this.opener = opener;
        this.onReleased = onReleased;
    }

    String name() {
        return name;
    }

    Topic topic() {
        return topic;
    }

    List<GroupMember> members() {
        return List.copyOf(members);
    }

    /** The members of this name: the present one and fenced ones that have not ended yet. */
    List<GroupMember> named(String memberId) {
        return members.stream().filter(member -> member.id().equals(memberId)).toList();
    }

    boolean hasMembers() {
        return !members.isEmpty();
    }

    /** The partitions that a member reads. */
    List<Integer> partitionsOf(GroupMember member) {
        Map<Integer, GroupMember> sorted = new TreeMap<>(owners);
        sorted.values().removeIf(owner -> owner != member);
        return List.copyOf(sorted.keySet());
    }

    void join(GroupMember member) {
        members.add(member);
        rebalance();
    }

    /** The member sends nothing any more. */
    void leave(GroupMember member) {
        members.remove(member);
        owners.entrySet().removeIf(entry -> {
            boolean isFreed = entry.getValue() == member;
            if (isFreed) {
                revoking.remove(entry.getKey());
            }
            return isFreed;
        });
        rebalance();
    }

    /** The member sends nothing of this partition any more. */
    void release(GroupMember member, int partition) {
        if (owners.get(partition) == member && revoking.remove(partition)) {
            owners.remove(partition);
            rebalance();
        }
    }

    /** Whether this is the generation of the partition's present owner, and no seek has moved the group since. */
    boolean isCurrent(int partition, long generation) {
        return owners.containsKey(partition)
                && generations.getOrDefault(partition, 0L) == generation
                && !moved.contains(partition);
    }

    /** Has a partition's owner give it up and, unless others are due, begin again where the group has committed. */
    void restart(int partition) {
        GroupMember owner = owners.get(partition);
        if (owner != null) {
            moved.add(partition);
            revoke(owner, partition);
        }
    }

    /** The next offset that the partition's owner will be sent; empty while it changes hands or has no owner. */
    OptionalLong position(int partition) {
        GroupMember owner = owners.get(partition);
        return owner == null || revoking.contains(partition)
                ? OptionalLong.empty()
                : owner.subscription().position(topic.partition(partition));
    }

    void topicChanged(Topic changed) {
        topic = changed;
        rebalance();
    }

    private void rebalance() {
        Map<Integer, GroupMember> wanted = Assignment.balance(members, topic.partitions(), owners);
        wanted.forEach((partition, member) -> {
            GroupMember owner = owners.get(partition);
            if (owner == null) {
                grant(member, partition);
            } else if (owner != member) {
                revoke(owner, partition);
            }
        });
    }

    private void revoke(GroupMember owner, int partition) {
        if (revoking.add(partition)) {
            owner.revoke(topic.partition(partition), () -> onReleased.released(this, owner, partition));
        }
    }

    private void grant(GroupMember member, int partition) {
        owners.put(partition, member);
        moved.remove(partition);
        long generation = generations.merge(partition, 1L, Long::sum);
        DeliveryAttempts counted = attempts.computeIfAbsent(partition, p -> new DeliveryAttempts());
        member.subscription()
                .assign(opener.opening(topic, topic.partition(partition), name, member.start(), counted, generation));
    }
}
