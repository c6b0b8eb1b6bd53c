package io.mq.core.state;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.Names;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The topics. Changed by the state machine's thread, read by any. */
public final class Catalog {

    private final Map<String, Topic> byName = new ConcurrentHashMap<>();
    private final Map<Integer, Topic> byId = new ConcurrentHashMap<>();

    public Optional<Topic> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    public Optional<Topic> find(int id) {
        return Optional.ofNullable(byId.get(id));
    }

    static BrokerException notFound(String field, String name) {
        return BrokerException.of(
                Reason.TOPIC_NOT_FOUND,
                "topic '%s' does not exist; create it with CreateTopic"
                        .formatted(Names.requireValid(field, name, Names.CHARS_MAX)),
                Map.of("topic", name));
    }

    /** @throws BrokerException {@link Reason#PARTITION_NOT_FOUND} */
    public static PartitionId require(Topic topic, int partition) {
        if (partition < 0 || partition >= topic.partitions()) {
            throw BrokerException.of(
                    Reason.PARTITION_NOT_FOUND,
                    "topic '%s' has partitions 0 to %d, not %d"
                            .formatted(topic.name(), topic.partitions() - 1, partition),
                    Map.of("topic", topic.name(), "partition", Integer.toString(partition)));
        }
        return topic.partition(partition);
    }

    /** All topics, by name. */
    public List<Topic> topics() {
        List<Topic> topics = new ArrayList<>(byName.values());
        topics.sort(Comparator.comparing(Topic::name));
        return topics;
    }

    public int size() {
        return byName.size();
    }

    public int partitions() {
        return byName.values().stream().mapToInt(Topic::partitions).sum();
    }

    void put(Topic topic) {
        byId.put(topic.id(), topic);
        byName.put(topic.name(), topic);
    }

    void putAll(Collection<Topic> topics) {
        topics.forEach(this::put);
    }

    void remove(Topic topic) {
        byName.remove(topic.name(), topic);
        byId.remove(topic.id());
    }
}
