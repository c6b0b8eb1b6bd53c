package io.mq.core.broker;

import io.mq.core.broker.GroupDescription.GroupPartition;
import io.mq.core.command.CommitOffsetCommand;
import io.mq.core.command.CommitOffsetCommand.Committed;
import io.mq.core.command.DeleteGroupCommand;
import io.mq.core.command.SeekCommand.Sought;
import io.mq.core.delivery.DeliveryContext;
import io.mq.core.delivery.MemberDescription;
import io.mq.core.delivery.Subscriptions;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.Names;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.state.Catalog;
import io.mq.core.state.GroupOffset;
import io.mq.core.state.StateView;
import io.mq.core.storage.SegmentLog;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Commits, moves and describes the progress of consumer groups.
 *
 * <p>Safe for use by any thread; nothing here waits.
 */
public final class Groups {

    private final Shards shards;
    private final StateView state;
    private final Subscriptions subscriptions;
    private final Limits limits;
    private final InstantSource clock;
    private final GroupSequencer sequencer = new GroupSequencer();
    private final Seeker seeker;

    Groups(Shards shards, Subscriptions subscriptions, DeliveryContext delivery, Limits limits, InstantSource clock) {
        this.shards = shards;
        this.state = shards.state();
        this.subscriptions = subscriptions;
        this.limits = limits;
        this.clock = clock;
        this.seeker = new Seeker(shards, delivery, clock, sequencer);
    }

    /**
     * Commits the next offset that a group will read; one behind the committed offset changes nothing, and one that was
     * delivered before a seek is refused.
     *
     * @throws BrokerException where the request is refused at once; a later refusal fails the future
     */
    public CompletableFuture<Committed> commit(
            String group, String topicName, int partition, long offset, String metadata) {
        return commit(
                group, topicName, partition, offset, metadata, id -> subscriptions.requireNotFenced(group, id, offset));
    }

    /**
     * Stores a live member's progress.
     *
     * @param generation of the assignment under which it was sent what it commits
     * @throws BrokerException where the request is refused at once; a later refusal fails the future
     */
    public CompletableFuture<Committed> commit(
            String group, String topicName, int partition, long offset, String metadata, long generation) {
        return commit(
                group,
                topicName,
                partition,
                offset,
                metadata,
                id -> subscriptions.requireCurrent(group, id, generation));
    }

    private CompletableFuture<Committed> commit(
            String group,
            String topicName,
            int partition,
            long offset,
            String metadata,
            Consumer<PartitionId> requirement) {
        requireValidName(group);
        Topic topic = state.requireTopic(topicName);
        PartitionId id = Catalog.require(topic, partition);
        if (metadata.length() > limits.metadataCharsMax()) {
            throw Limits.reached(
                    "metadata of %d characters".formatted(metadata.length()),
                    limits.metadataCharsMax(),
                    "mq.limits.metadata-chars-max");
        }
        requireRoomFor(group);
        Instant now = Instant.ofEpochMilli(clock.millis());
        return sequencer.commit(group, () -> {
            requirement.accept(id);
            return shards.of(topic, partition)
                    .journal()
                    .submit(new CommitOffsetCommand(group, id, offset, metadata, now));
        });
    }

    private void requireRoomFor(String group) {
        if (!state.hasGroup(group) && state.groupCount() >= limits.groupsMax()) {
            throw Limits.reached("another consumer group", limits.groupsMax(), "mq.limits.groups-max");
        }
    }

    /**
     * Moves a group to other offsets, forward or back, in all partitions asked for or in none; of partitions in several
     * shards, those of one may be moved where another's fail. Its live members go on from there; what they were sent before
     * can no longer be committed beyond what they are sent again.
     *
     * @return what was, or would be, done in each partition
     * @throws BrokerException where the request is refused at once; a later refusal fails the future
     */
    public CompletableFuture<List<Sought>> seek(SeekRequest request) {
        requireValidName(request.group());
        requireRoomFor(request.group());
        return seeker.seek(request);
    }

    public void requireValidName(String group) {
        Names.requireValid("consumer_group", group, limits.nameCharsMax());
    }

    /** The names of all groups that have committed something or have members, sorted. */
    public Set<String> names() {
        Set<String> names = state.groups();
        names.addAll(subscriptions.groupsWithMembers());
        return names;
    }

    /** @throws BrokerException {@link Reason#GROUP_NOT_FOUND} */
    public GroupDescription describe(String group) {
        List<MemberDescription> members = subscriptions.members(group);
        Set<String> topics = new TreeSet<>();
        members.forEach(member -> topics.add(member.topic()));
        state.offsets(group)
                .flatMap(offset -> state.topic(offset.partition().topicId()).stream())
                .forEach(topic -> topics.add(topic.name()));
        if (members.isEmpty() && topics.isEmpty()) {
            throw notFound(group);
        }
        List<GroupPartition> partitions = new ArrayList<>();
        for (String topic : topics) {
            state.topic(topic).ifPresent(t -> describe(group, t, members, partitions));
        }
        return new GroupDescription(group, members, partitions);
    }

    private void describe(
            String group, Topic topic, List<MemberDescription> members, List<GroupPartition> descriptions) {
        for (int i = 0; i < topic.partitions(); i++) {
            int partition = i;
            Optional<MemberDescription> owner = members.stream()
                    .filter(member -> member.topic().equals(topic.name())
                            && member.positions().containsKey(partition))
                    .findFirst();
            state.log(topic.partition(partition))
                    .ifPresent(log -> descriptions.add(describe(group, topic, partition, log, owner)));
        }
    }

    private GroupPartition describe(
            String group, Topic topic, int partition, SegmentLog log, Optional<MemberDescription> owner) {
        Optional<GroupOffset> committed = state.offset(group, topic.partition(partition));
        long start = log.start();
        long end = log.end();
        long next = Math.max(start, committed.map(GroupOffset::offset).orElse(start));
        return new GroupPartition(
                topic.name(),
                partition,
                committed.map(c -> OptionalLong.of(c.offset())).orElse(OptionalLong.empty()),
                committed.map(GroupOffset::metadata).orElse(""),
                committed.map(GroupOffset::committedAt),
                end,
                Math.max(0, end - next),
                owner.map(MemberDescription::consumerId),
                owner.map(o -> OptionalLong.of(o.positions().get(partition))).orElse(OptionalLong.empty()));
    }

    /**
     * What a group has committed in a topic.
     *
     * @throws BrokerException {@link Reason#TOPIC_NOT_FOUND}; {@link Reason#GROUP_NOT_FOUND} where the group does not
     *     exist at all
     */
    public List<GroupPartition> offsets(String group, String topicName) {
        Topic topic = state.requireTopic(topicName);
        if (!state.hasGroup(group) && !subscriptions.hasMembers(group)) {
            throw notFound(group);
        }
        List<GroupPartition> partitions = new ArrayList<>();
        describe(group, topic, subscriptions.members(group), partitions);
        return partitions;
    }

    /**
     * Forgets all that a group has committed.
     *
     * @throws BrokerException {@link Reason#GROUP_NOT_FOUND}, or {@link Reason#GROUP_HAS_MEMBERS}
     */
    public CompletableFuture<Boolean> delete(String group) {
        if (subscriptions.hasMembers(group)) {
            throw BrokerException.of(
                    Reason.GROUP_HAS_MEMBERS,
                    "consumer group '%s' has members; end their subscriptions first".formatted(group),
                    Map.of("consumer_group", group));
        }
        if (!state.hasGroup(group)) {
            throw notFound(group);
        }
        return deleteEverywhere(group).thenApply(wasThere -> {
            subscriptions.groupDeleted(group);
            return wasThere;
        });
    }

    private CompletableFuture<Boolean> deleteEverywhere(String group) {
        return shards.all().stream()
                .map(shard -> shard.journal().submit(new DeleteGroupCommand(group)))
                .reduce((one, other) -> one.thenCombine(other, Boolean::logicalOr))
                .orElseThrow();
    }

    private static BrokerException notFound(String group) {
        return BrokerException.of(
                Reason.GROUP_NOT_FOUND,
                "consumer group '%s' has committed nothing and has no members"
                        .formatted(Names.requireValid("consumer_group", group, Names.CHARS_MAX)),
                Map.of("consumer_group", group));
    }
}
