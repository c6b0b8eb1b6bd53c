package io.mq.core.state;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What has changed of producers. Removals come first; what a deleted topic had goes without being named here.
 *
 * @param removed ids of forgotten producers; their sequences go with them
 */
public record ProducerDelta(
        Set<Long> removed,
        Map<Long, ProducerState> producers,
        Map<ProducerSequences.Key, ProducerSequences> sequences) {

    public static final ProducerDelta NONE = new ProducerDelta(Set.of(), Map.of(), Map.of());

    boolean isEmpty() {
        return removed.isEmpty() && producers.isEmpty() && sequences.isEmpty();
    }

    /** This change and then a later one, as one. */
    ProducerDelta followedBy(ProducerDelta later, Collection<Integer> laterRemovedTopics) {
        Set<Long> allRemoved = new HashSet<>(removed);
        allRemoved.addAll(later.removed);
        Map<Long, ProducerState> allProducers = new HashMap<>(producers);
        allProducers.keySet().removeAll(later.removed);
        allProducers.putAll(later.producers);
        Map<ProducerSequences.Key, ProducerSequences> allSequences = new HashMap<>(sequences);
        allSequences
                .keySet()
                .removeIf(key -> later.removed.contains(key.producerId())
                        || laterRemovedTopics.contains(key.partition().topicId()));
        allSequences.putAll(later.sequences);
        return new ProducerDelta(allRemoved, allProducers, allSequences);
    }
}
