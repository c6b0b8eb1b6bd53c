package io.mq.core.broker;

import io.mq.core.broker.TopicDescription.PartitionDescription;
import io.mq.core.command.AlterTopicCommand;
import io.mq.core.command.CreateTopicCommand;
import io.mq.core.command.CreateTopicCommand.Created;
import io.mq.core.command.DeleteTopicCommand;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.journal.Journal;
import io.mq.core.message.Names;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import io.mq.core.state.StateView;
import io.mq.core.storage.SegmentLog;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Creates, alters, deletes and describes topics.
 *
 * <p>Safe for use by any thread; nothing here waits.
 */
public final class Topics {

    private final Shards shards;
    private final StateView state;
    private final Journal journal;
    private final TopicSpread spread;
    private final Limits limits;
    private final int segmentBytes;
    private final InstantSource clock;

    Topics(Shards shards, TopicSpread spread, Limits limits, int segmentBytes, InstantSource clock) {
        this.shards = shards;
        this.state = shards.state();
        this.journal = shards.catalog().journal();
        this.spread = spread;
        this.limits = limits;
        this.segmentBytes = segmentBytes;
        this.clock = clock;
    }

    /**
     * Creates a topic; one that is there with the same settings is fine.
     *
     * @param partitions 0 means 1
     * @throws BrokerException where the request is refused at once; a later refusal fails the future
     */
    public CompletableFuture<Created> create(String name, int partitions, TopicConfig config) {
        Names.requireValid("name", name, limits.nameCharsMax());
        int wanted = partitions == 0 ? 1 : partitions;
        requireNotNegative(wanted);
        requireWithinLimits(config);
        if (state.topic(name).isEmpty()) {
            requireRoomFor(1, wanted, wanted);
        }
        return journal.submit(new CreateTopicCommand(name, wanted, config, segmentBytes, now(), shards.count()))
                .thenCompose(created -> spread.put(created.topic()).thenApply(told -> created));
    }

    /** The topic that takes a topic's dead letters, created where it is missing. */
    CompletableFuture<Topic> createDeadLetterTopic(Topic origin) {
        String name = origin.name() + Names.DEAD_LETTER_SUFFIX;
        Optional<Topic> present = state.topic(name);
        return present.isPresent()
                ? CompletableFuture.completedFuture(present.get())
                : create(name, 1, TopicConfig.DEFAULTS).thenApply(Created::topic);
    }

    /**
     * Changes a topic.
     *
     * @param partitions the new number, at least the present one; 0 leaves it
     * @throws BrokerException where the request is refused at once; a later refusal fails the future
     */
    public CompletableFuture<Topic> alter(String name, int partitions, TopicConfig change) {
        Topic topic = state.requireTopic("name", name);
        requireNotNegative(partitions);
        requireWithinLimits(change);
        if (partitions > topic.partitions()) {
            requireRoomFor(0, partitions, partitions - topic.partitions());
        }
        return journal.submit(new AlterTopicCommand(topic.id(), partitions, change))
                .thenCompose(altered -> spread.put(altered).thenApply(told -> altered));
    }

    /** Deletes a topic with all its messages and all offsets committed in it; the next checkpoint frees its disk. */
    public CompletableFuture<Topic> delete(String name) {
        Topic topic = state.requireTopic("name", name);
        return journal.submit(new DeleteTopicCommand(topic.id()))
                .whenComplete((deleted, failure) ->
                        shards.catalog().engine().checkpointer().want())
                // It is gone; a shard that is not told now will be.
                .thenCompose(deleted -> spread.delete(deleted).handle((told, failure) -> deleted));
    }

    /** All topics, by name. */
    public List<TopicDescription> list() {
        return state.topics().stream().map(this::describe).toList();
    }

    /** @throws BrokerException {@link Reason#TOPIC_NOT_FOUND} */
    public TopicDescription describe(String name) {
        return describe(state.requireTopic("name", name));
    }

    public TopicDescription describe(Topic topic) {
        List<PartitionDescription> partitions = new ArrayList<>(topic.partitions());
        for (int i = 0; i < topic.partitions(); i++) {
            Optional<SegmentLog> log = state.log(topic.partition(i));
            int partition = i;
            log.ifPresent(
                    l -> partitions.add(new PartitionDescription(partition, l.start(), l.end(), l.sizeInBytes())));
        }
        return new TopicDescription(topic, partitions);
    }

    private void requireRoomFor(int newTopics, int topicPartitions, int newPartitions) {
        if (state.topicCount() + newTopics > limits.topicsMax()) {
            throw Limits.reached("another topic", limits.topicsMax(), "mq.limits.topics-max");
        }
        if (topicPartitions > limits.topicPartitionsMax()) {
            throw Limits.reached(
                    "a topic of %d partitions".formatted(topicPartitions),
                    limits.topicPartitionsMax(),
                    "mq.limits.topic-partitions-max");
        }
        if (state.partitionCount() + newPartitions > limits.partitionsMax()) {
            throw Limits.reached(
                    "%d more partitions".formatted(newPartitions), limits.partitionsMax(), "mq.limits.partitions-max");
        }
    }

    private void requireWithinLimits(TopicConfig config) {
        int messageBytesMax = config.messageBytesMax().orElse(0);
        if (messageBytesMax > limits.messageBytesMax()) {
            throw Limits.reached(
                    "config.message_bytes_max = " + messageBytesMax,
                    limits.messageBytesMax(),
                    "mq.limits.message-bytes-max");
        }
    }

    private static void requireNotNegative(int partitions) {
        if (partitions < 0) {
            throw BrokerException.of(
                    Reason.INVALID_FIELD,
                    "partitions must not be negative, found %d".formatted(partitions),
                    Map.of("field", "partitions"));
        }
    }

    private Instant now() {
        // The journal keeps milliseconds; more here would not survive a restart.
        return Instant.ofEpochMilli(clock.millis());
    }
}
