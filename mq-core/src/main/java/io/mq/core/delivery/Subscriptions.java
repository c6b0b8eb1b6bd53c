package io.mq.core.delivery;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.state.Catalog;
import io.mq.core.state.GroupOffset;
import io.mq.core.state.StateView;
import io.mq.core.storage.SegmentLog;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * All live subscriptions of a node: opens them, wires members of a group to it, and passes on what happens to topics.
 *
 * <p>Safe for use by any thread.
 */
public final class Subscriptions {

    /** Subscribers come and go: who finds no room may find some soon. */
    static final Duration ROOM_RETRY = Duration.ofSeconds(1);

    private final StateView state;
    private final DeliveryContext context;
    private final DeliveryConfig config;
    private final InstantSource clock;
    private final ConsumerGroups groups;

    private final Map<Subscription, Live> live = new ConcurrentHashMap<>();

    /** Why no subscription is taken any more; null while they are. */
    private volatile BrokerException closedFor;

    /** Why no subscription is taken at the moment; null while they are. */
    private volatile BrokerException pausedFor;

    /** Completes when all have ended after {@link #closedFor} was set. */
    private final CompletableFuture<Void> allEnded = new CompletableFuture<>();

    /**
     * What is known of an open subscription.
     *
     * @param assigned how many partitions a reader of a whole topic has been given; negative for all others
     */
    private record Live(int topicId, StartPosition start, AtomicInteger assigned) {

        private static final int NOT_GROWING = Integer.MIN_VALUE;

        static Live growing(Topic topic, StartPosition start) {
            return new Live(topic.id(), start, new AtomicInteger(0));
        }

        static Live notGrowing(Topic topic, StartPosition start) {
            return new Live(topic.id(), start, new AtomicInteger(NOT_GROWING));
        }
    }

    public Subscriptions(StateView state, DeliveryContext context, DeliveryConfig config, InstantSource clock) {
        this.state = state;
        this.context = context;
        this.config = config;
        this.clock = clock;
        this.groups = new ConsumerGroups(this::openingCommitted, config.groupsMax(), config.groupMembersMax());
    }

    /**
     * Starts sending messages to a subscriber; names in the request have been checked.
     *
     * @throws BrokerException where the topic or partition does not exist, a limit is reached, or everything has been
     *     ended, for good or for now
     */
    public Subscription subscribe(SubscribeRequest request, Subscriber subscriber) {
        requireOpen();
        Topic topic = state.requireTopic(request.topic());
        request.partition().ifPresent(partition -> Catalog.require(topic, partition));
        requireRoom();
        return request.hasGroup() ? joinGroup(topic, request, subscriber) : read(topic, request, subscriber);
    }

    private void requireOpen() {
        BrokerException reason = refusal();
        if (reason != null) {
            throw reason;
        }
    }

    private BrokerException refusal() {
        BrokerException forGood = closedFor;
        return forGood == null ? pausedFor : forGood;
    }

    private void requireRoom() {
        if (live.size() >= config.subscriptionsMax()) {
            throw BrokerException.of(
                            Reason.LIMIT_REACHED,
                            "there are %d subscriptions already; end some or raise mq.limits.subscriptions-max"
                                    .formatted(live.size()),
                            Map.of(
                                    "limit",
                                    "mq.limits.subscriptions-max",
                                    "max",
                                    Integer.toString(config.subscriptionsMax())))
                    .retryAfter(ROOM_RETRY);
        }
    }

    private Subscription joinGroup(Topic topic, SubscribeRequest request, Subscriber subscriber) {
        // The member and its subscription know each other; the box breaks the circle.
        AtomicReference<GroupMember> member = new AtomicReference<>();
        Subscription subscription = open(
                Live.notGrowing(topic, request.start()),
                subscriber,
                () -> groups.leave(request.group(), topic, member.get()));
        member.set(new GroupMember(
                request.consumerId(), request.client(), clock.instant(), request.start(), subscription));
        try {
            groups.join(request.group(), topic, member.get());
        } catch (BrokerException e) {
            forget(subscription);
            throw e;
        }
        if (!live.containsKey(subscription)) {
            // It ended before it was a member, and so could not leave.
            groups.leave(request.group(), topic, member.get());
        }
        catchUp(topic, subscription);
        return subscription;
    }

    private Subscription read(Topic topic, SubscribeRequest request, Subscriber subscriber) {
        Live reader = request.partition().isEmpty()
                ? Live.growing(topic, request.start())
                : Live.notGrowing(topic, request.start());
        Subscription subscription = open(reader, subscriber, () -> {});
        request.partition().ifPresent(partition -> assign(subscription, topic, partition, request.start()));
        grow(subscription, reader, topic);
        catchUp(topic, subscription);
        return subscription;
    }

    private Subscription open(Live reader, Subscriber subscriber, Runnable onEnded) {
        Subscription[] opened = new Subscription[1];
        opened[0] = new Subscription(subscriber, context, () -> {
            onEnded.run();
            forget(opened[0]);
        });
        live.put(opened[0], reader);
        return opened[0];
    }

    private void forget(Subscription subscription) {
        live.remove(subscription);
        completeIfAllEnded();
    }

    /** Everything may have been ended, and the topic may have grown or gone, before the subscription was there to be told. */
    private void catchUp(Topic topic, Subscription subscription) {
        Optional<Topic> now = state.topic(topic.id());
        BrokerException reason = refusal();
        if (reason != null) {
            subscription.endLater(reason);
        } else if (now.isEmpty()) {
            subscription.endLater(topicDeleted(topic.name()));
        } else if (now.get().partitions() > topic.partitions()) {
            topicChanged(now.get());
        }
    }

    /** Gives a reader of the whole topic the partitions that it does not have yet. */
    private void grow(Subscription subscription, Live reader, Topic topic) {
        int from =
                reader.assigned.getAndAccumulate(topic.partitions(), (had, has) -> had < 0 ? had : Math.max(had, has));
        for (int partition = from; from >= 0 && partition < topic.partitions(); partition++) {
            // A partition that came later is read from its beginning: all of it arrived after the reader.
            assign(subscription, topic, partition, from == 0 ? reader.start : StartPosition.EARLIEST);
        }
    }

    private void assign(Subscription subscription, Topic topic, int partition, StartPosition start) {
        PartitionId id = topic.partition(partition);
        subscription.assign(() -> {
            Optional<SegmentLog> log = state.log(id);
            return log.isEmpty()
                    ? null
                    : new PartitionReader(topic, id, 0, log.get(), start.resolve(log.get()), new DeliveryAttempts());
        });
    }

    private Subscription.ReaderFactory openingCommitted(
            Topic topic,
            PartitionId partition,
            String group,
            StartPosition start,
            DeliveryAttempts attempts,
            long generation) {
        return () -> {
            Optional<SegmentLog> log = state.log(partition);
            if (log.isEmpty()) {
                return null;
            }
            Optional<GroupOffset> committed = state.offset(group, partition);
            long offset = committed.isPresent() ? committed.get().offset() : start.resolve(log.get());
            return new PartitionReader(
                    topic,
                    partition,
                    generation,
                    log.get(),
                    Math.max(offset, log.get().start()),
                    attempts);
        };
    }

    /** A topic has more partitions or another configuration. */
    public void topicChanged(Topic topic) {
        groups.topicChanged(topic);
        live.forEach((subscription, reader) -> {
            if (reader.topicId == topic.id()) {
                grow(subscription, reader, topic);
            }
        });
    }

    public void topicDeleted(Topic topic) {
        groups.topicDeleted(topic);
        endReaders(topic, topicDeleted(topic.name()));
    }

    /** What this node has of a topic is replaced by what another node has: who reads it is to begin anew. */
    public void topicReplaced(Topic topic) {
        endReaders(
                topic,
                BrokerException.notLeading("this node takes over what the others have of topic '%s'; subscribe again"
                        .formatted(topic.name())));
    }

    private void endReaders(Topic topic, BrokerException reason) {
        live.forEach((subscription, reader) -> {
            if (reader.topicId == topic.id()) {
                subscription.endLater(reason);
            }
        });
    }

    private static BrokerException topicDeleted(String topic) {
        return BrokerException.of(
                Reason.TOPIC_DELETED, "topic '%s' has been deleted".formatted(topic), Map.of("topic", topic));
    }

    /** A partition has records that its readers have not seen. */
    public void advanced(PartitionId partition) {
        context.waiters().wake(partition);
    }

    /** A seek has moved a group: its members go on from there. */
    public void groupMoved(String group, PartitionId partition, long offset) {
        long end = state.log(partition).map(SegmentLog::end).orElse(0L);
        groups.moved(group, partition, offset, end);
    }

    /** All that a group has committed is forgotten, and with it how it came to be. */
    public void groupDeleted(String group) {
        groups.forgetSeeks(group);
    }

    /**
     * Refuses a commit that belongs to what was delivered before a seek, which it would undo.
     *
     * @throws BrokerException {@link Reason#COMMIT_FENCED}
     */
    public void requireNotFenced(String group, PartitionId partition, long offset) {
        groups.requireNotFenced(group, partition, offset);
    }

    /**
     * Refuses a commit of who is no longer the partition's owner, or was it before a seek.
     *
     * @throws BrokerException {@link Reason#COMMIT_FENCED}
     */
    public void requireCurrent(String group, PartitionId partition, long generation) {
        groups.requireCurrent(group, partition, generation);
    }

    /** Ends group members that take no messages, as configured; to be called regularly. */
    public void endStalled() {
        groups.endStalled(config.stallTimeout());
    }

    /** Ends everything, with this reason, and takes nothing new. */
    public void endAll(BrokerException reason) {
        closedFor = reason;
        endOpen(reason);
        completeIfAllEnded();
    }

    /** Ends everything, with this reason, and takes nothing new until {@link #resume}. */
    public void pause(BrokerException reason) {
        pausedFor = reason;
        endOpen(reason);
    }

    /** Takes subscriptions again. */
    public void resume() {
        pausedFor = null;
    }

    private void endOpen(BrokerException reason) {
        live.keySet().forEach(subscription -> subscription.endLater(reason));
    }

    /** Completes when {@link #endAll} has told the last subscriber. */
    public CompletableFuture<Void> allEnded() {
        return allEnded.copy();
    }

    private void completeIfAllEnded() {
        if (closedFor != null && live.isEmpty()) {
            allEnded.complete(null);
        }
    }

    public boolean hasMembers(String group) {
        return groups.hasMembers(group);
    }

    /** The names of all groups that have members now. */
    public Set<String> groupsWithMembers() {
        return groups.names();
    }

    public List<MemberDescription> members(String group) {
        return groups.describe(group);
    }

    /** How many subscriptions are open. */
    public int count() {
        return live.size();
    }
}
