package io.mq.core.state;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.storage.SegmentLog;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a node's shards hold, as one. The first has the catalog; a topic, and each of its partitions, is there once
 * all shards know of it.
 *
 * <p>Safe for use by any thread; each shard changes what it has by itself.
 */
public final class StateView {

    private final Catalog catalog;

    /** All shards, the first included. */
    private final List<BrokerStateMachine> shards;

    public StateView(List<BrokerStateMachine> shards) {
        this.shards = List.copyOf(shards);
        this.catalog = shards.get(0).catalog();
    }

    // --- topics ---

    public Optional<Topic> topic(String name) {
        return catalog.find(name).flatMap(this::asKnownToAll);
    }

    public Optional<Topic> topic(int id) {
        return catalog.find(id).flatMap(this::asKnownToAll);
    }

    private Optional<Topic> asKnownToAll(Topic topic) {
        if (topic.shards() == 1) {
            return Optional.of(topic);
        }
        int known = topic.partitions();
        for (BrokerStateMachine shard : shards) {
            known = Math.min(
                    known,
                    shard.catalog().find(topic.id()).map(Topic::partitions).orElse(0));
        }
        if (known == topic.partitions()) {
            return Optional.of(topic);
        }
        return known == 0 ? Optional.empty() : Optional.of(topic.with(known, topic.config()));
    }

    /** Like {@link #requireTopic(String, String)}, of a field that is called {@code topic}. */
    public Topic requireTopic(String name) {
        return requireTopic("topic", name);
    }

    /**
     * @param field the request's field that has the name, for the error's text
     * @throws BrokerException {@link Reason#TOPIC_NOT_FOUND}, or {@link Reason#INVALID_NAME} for what cannot be the name
     *     of any topic, so that an error never carries a text without bounds
     */
    public Topic requireTopic(String field, String name) {
        return topic(name).orElseThrow(() -> Catalog.notFound(field, name));
    }

    /** All topics, by name. */
    public List<Topic> topics() {
        return catalog.topics().stream()
                .flatMap(topic -> asKnownToAll(topic).stream())
                .toList();
    }

    /** How many topics the catalog has. */
    public int topicCount() {
        return catalog.size();
    }

    /** How many partitions the catalog's topics have. */
    public int partitionCount() {
        return catalog.partitions();
    }

    // --- logs ---

    /** Empty where the partition was deleted, or has yet to be created. */
    public Optional<SegmentLog> log(PartitionId partition) {
        return shards.stream()
                .flatMap(shard -> shard.logs().find(partition).stream())
                .findFirst();
    }

    /** @throws BrokerException {@link Reason#TOPIC_NOT_FOUND} where the topic has been deleted meanwhile */
    public SegmentLog requireLog(Topic topic, PartitionId partition) {
        return log(partition)
                .orElseThrow(() -> BrokerException.of(
                        Reason.TOPIC_NOT_FOUND,
                        "topic '%s' has been deleted".formatted(topic.name()),
                        Map.of("topic", topic.name())));
    }

    public Collection<SegmentLog> logs() {
        return shards.stream().flatMap(shard -> shard.logs().all().stream()).toList();
    }

    // --- groups ---

    public Optional<GroupOffset> offset(String group, PartitionId partition) {
        return shards.stream()
                .flatMap(shard -> shard.offsets().find(group, partition).stream())
                .findFirst();
    }

    /** All that a group has committed. */
    public Stream<GroupOffset> offsets(String group) {
        return shards.stream().flatMap(shard -> shard.offsets().of(group).stream());
    }

    /** The names of all groups that have committed something, sorted. */
    public Set<String> groups() {
        Set<String> names = new TreeSet<>();
        shards.forEach(shard -> names.addAll(shard.offsets().groups()));
        return names;
    }

    /** Whether the group has committed something. */
    public boolean hasGroup(String group) {
        return shards.stream().anyMatch(shard -> shard.offsets().contains(group));
    }

    /** How many groups have committed something; those that have in several shards count as often. */
    public int groupCount() {
        return shards.stream().mapToInt(shard -> shard.offsets().size()).sum();
    }
}
