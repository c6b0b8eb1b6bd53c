package io.mq.core.state;

import io.mq.core.message.PartitionId;
import io.mq.core.state.ProducerSequences.Key;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What partitions have of producers. To forget a producer or a topic costs in proportion to what it has, not to what all
 * have: those that are open wait meanwhile.
 *
 * <p>Changed by one thread. {@link #find}, {@link #contains} and {@link #size} are for any, all else for that one.
 */
final class SequenceMap {

    private final Map<Key, ProducerSequences> byKey = new ConcurrentHashMap<>();

    /** The keys once more, by producer and in the order of partitions. Invariant: no set is empty. */
    private final Map<Long, NavigableSet<PartitionId>> byProducer = new HashMap<>();

    /** The keys once more, by topic. Invariant: no set is empty. */
    private final Map<Integer, Set<Key>> byTopic = new HashMap<>();

    /** What nothing was stored under is {@link ProducerSequences#NONE}. */
    ProducerSequences find(Key key) {
        return byKey.getOrDefault(key, ProducerSequences.NONE);
    }

    boolean contains(Key key) {
        return byKey.containsKey(key);
    }

    int size() {
        return byKey.size();
    }

    /** How many producers anything is stored of. */
    int producers() {
        return byProducer.size();
    }

    /** How many topics anything is stored of. */
    int topics() {
        return byTopic.size();
    }

    /** Everything, as a view. */
    Map<Key, ProducerSequences> asMap() {
        return Collections.unmodifiableMap(byKey);
    }

    /** The partitions of a topic that have something of a producer, in their order, as a view. */
    SortedSet<PartitionId> partitions(long producerId, int topicId) {
        return byProducer
                .getOrDefault(producerId, Collections.emptyNavigableSet())
                .subSet(new PartitionId(topicId, 0), true, new PartitionId(topicId, Integer.MAX_VALUE), true);
    }

    void put(Key key, ProducerSequences sequences) {
        if (byKey.put(key, sequences) == null) {
            byProducer.computeIfAbsent(key.producerId(), id -> new TreeSet<>()).add(key.partition());
            byTopic.computeIfAbsent(key.partition().topicId(), id -> new HashSet<>())
                    .add(key);
        }
    }

    void clear() {
        byKey.clear();
        byProducer.clear();
        byTopic.clear();
    }

    void removeProducer(long producerId) {
        Set<PartitionId> removed = byProducer.remove(producerId);
        if (removed == null) {
            return;
        }
        for (PartitionId partition : removed) {
            Key key = new Key(producerId, partition);
            byKey.remove(key);
            remove(byTopic, partition.topicId(), key);
        }
    }

    void removeTopic(int topicId) {
        Set<Key> removed = byTopic.remove(topicId);
        if (removed == null) {
            return;
        }
        for (Key key : removed) {
            byKey.remove(key);
            remove(byProducer, key.producerId(), key.partition());
        }
    }

    private static <I, T, S extends Set<T>> void remove(Map<I, S> index, I owner, T element) {
        S elements = index.get(owner);
        elements.remove(element);
        if (elements.isEmpty()) {
            index.remove(owner);
        }
    }
}
