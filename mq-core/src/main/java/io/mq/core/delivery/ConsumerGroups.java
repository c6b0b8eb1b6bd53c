package io.mq.core.delivery;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The live side of all consumer groups: who is a member and who reads what. Nothing of it survives a restart, and
 * nothing needs to: what a group has committed is state and lives elsewhere.
 *
 * <p>Safe for use by any thread. One lock guards everything: memberships change rarely and nothing under the lock waits.
 */
final class ConsumerGroups {

    private record Key(String group, int topicId) {}

    private final ConsumerGroup.ReaderOpener opener;

    /** How many groups may be remembered; those without members go first. */
    private final int groupsMax;

    private final int membersMax;

    /** Guarded by {@code this}. */
    private final Map<Key, ConsumerGroup> groups = new LinkedHashMap<>();

    /** Guarded by {@code this}, except where it says otherwise. */
    private final SeekFences fences = new SeekFences();

    ConsumerGroups(ConsumerGroup.ReaderOpener opener, int groupsMax, int membersMax) {
        this.opener = opener;
        this.groupsMax = groupsMax;
        this.membersMax = membersMax;
    }

    /**
     * Adds a member. One that is there under the same name is fenced: its subscription ends, its partitions wait for
     * that, and its place is the new one's.
     *
     * @throws BrokerException {@link Reason#LIMIT_REACHED}
     */
    synchronized void join(String group, Topic topic, GroupMember member) {
        Key key = new Key(group, topic.id());
        ConsumerGroup joined = groups.get(key);
        if (joined == null) {
            requireRoomForGroup();
            joined = new ConsumerGroup(group, topic, opener, this::released);
            groups.put(key, joined);
        }
        List<GroupMember> earlier = joined.named(member.id());
        requireRoomForMember(joined.members().size() - earlier.size());
        earlier.forEach(ConsumerGroups::fence);
        joined.join(member);
    }

    private static void fence(GroupMember earlier) {
        earlier.subscription()
                .endLater(BrokerException.of(
                        Reason.MEMBER_FENCED,
                        "consumer '%s' has subscribed again in this group, from elsewhere; give each consumer its own consumer_id"
                                .formatted(earlier.id()),
                        Map.of("consumer_id", earlier.id())));
    }

    private void requireRoomForGroup() {
        if (groups.size() < groupsMax) {
            return;
        }
        Iterator<ConsumerGroup> oldestFirst = groups.values().iterator();
        while (oldestFirst.hasNext()) {
            if (!oldestFirst.next().hasMembers()) {
                oldestFirst.remove();
                return;
            }
        }
        throw limitReached("consumer groups with members", groupsMax, "mq.limits.groups-max");
    }

    private void requireRoomForMember(int others) {
        if (others >= membersMax) {
            throw limitReached("members in this group", membersMax, "mq.limits.group-members-max");
        }
    }

    private static BrokerException limitReached(String what, int max, String key) {
        return BrokerException.of(
                        Reason.LIMIT_REACHED,
                        "there are %d %s already; end some or raise %s".formatted(max, what, key),
                        Map.of("limit", key, "max", Integer.toString(max)))
                .retryAfter(Subscriptions.ROOM_RETRY);
    }

    synchronized void leave(String group, Topic topic, GroupMember member) {
        ConsumerGroup left = groups.get(new Key(group, topic.id()));
        if (left != null) {
            left.leave(member);
        }
    }

    private synchronized void released(ConsumerGroup group, GroupMember member, int partition) {
        group.release(member, partition);
    }

    synchronized void topicChanged(Topic topic) {
        groups.values().stream()
                .filter(group -> group.topic().id() == topic.id())
                .forEach(group -> group.topicChanged(topic));
    }

    /** A seek has moved the group to an offset of a partition whose end was then {@code end}. */
    synchronized void moved(String group, PartitionId partition, long offset, long end) {
        fences.raise(group, partition, offset, end);
        ConsumerGroup moved = groups.get(new Key(group, partition.topicId()));
        if (moved != null) {
            moved.restart(partition.partition());
        }
    }

    synchronized void forgetSeeks(String group) {
        fences.forgetGroup(group);
    }

    /** @throws BrokerException {@link Reason#COMMIT_FENCED} */
    void requireNotFenced(String group, PartitionId partition, long offset) {
        // Most commits are of groups that nobody moved, and need not wait for the lock.
        if (fences.isRaised(group, partition)) {
            requireBehindFence(group, partition, offset);
        }
    }

    /** @throws BrokerException {@link Reason#COMMIT_FENCED} where another owner, or a seek, has come in between */
    synchronized void requireCurrent(String group, PartitionId partition, long itsGeneration) {
        ConsumerGroup current = groups.get(new Key(group, partition.topicId()));
        if (current == null || !current.isCurrent(partition.partition(), itsGeneration)) {
            throw BrokerException.of(
                    Reason.COMMIT_FENCED,
                    "partition %d of generation %d is no longer this consumer's, or a seek has moved its group; go on with what is assigned now"
                            .formatted(partition.partition(), itsGeneration),
                    Map.of("consumer_group", group, "generation", Long.toString(itsGeneration)));
        }
    }

    private synchronized void requireBehindFence(String group, PartitionId partition, long offset) {
        fences.requireNotFenced(group, partition, offset, () -> {
            ConsumerGroup committing = groups.get(new Key(group, partition.topicId()));
            return committing == null ? OptionalLong.empty() : committing.position(partition.partition());
        });
    }

    /** Forgets the groups of a topic; its subscriptions are ended by their owner. */
    synchronized void topicDeleted(Topic topic) {
        groups.keySet().removeIf(key -> key.topicId() == topic.id());
        fences.forgetTopic(topic.id());
    }

    synchronized boolean hasMembers(String group) {
        return groups.values().stream().anyMatch(g -> g.name().equals(group) && g.hasMembers());
    }

    /** The names of all groups that have members now. */
    synchronized Set<String> names() {
        return groups.values().stream()
                .filter(ConsumerGroup::hasMembers)
                .map(ConsumerGroup::name)
                .collect(Collectors.toSet());
    }

    /** The members of a group in all topics. */
    synchronized List<MemberDescription> describe(String group) {
        List<MemberDescription> descriptions = new ArrayList<>();
        for (ConsumerGroup each : groups.values()) {
            if (each.name().equals(group)) {
                each.members().forEach(member -> descriptions.add(describe(each, member)));
            }
        }
        return descriptions;
    }

    private static MemberDescription describe(ConsumerGroup group, GroupMember member) {
        Map<Integer, Long> positions = new TreeMap<>();
        for (int partition : group.partitionsOf(member)) {
            member.subscription()
                    .position(group.topic().partition(partition))
                    .ifPresent(position -> positions.put(partition, position));
        }
        return new MemberDescription(member.id(), member.client(), group.topic().name(), member.joinedAt(), positions);
    }

    /** Ends the members that have left messages waiting for longer than this, so that others get their partitions. */
    synchronized void endStalled(Duration limit) {
        for (ConsumerGroup group : groups.values()) {
            for (GroupMember member : group.members()) {
                if (member.subscription().stalledNanos() > limit.toNanos()) {
                    member.subscription().endLater(stalled(member, limit));
                }
            }
        }
    }

    private static BrokerException stalled(GroupMember member, Duration limit) {
        return BrokerException.of(
                Reason.SUBSCRIBER_STALLED,
                "consumer '%s' has taken no message for %s while some were waiting; subscribe again when it can, or raise mq.delivery.stall-timeout"
                        .formatted(member.id(), limit),
                Map.of("consumer_id", member.id()));
    }
}
