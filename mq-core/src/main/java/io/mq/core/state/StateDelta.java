package io.mq.core.state;

import io.mq.core.command.LogPosition;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.storage.LogState;
import io.mq.core.storage.SegmentLog;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What has changed since the checkpoint before. Removals come before everything else: what is both removed and changed
 * has been made anew.
 *
 * @param removedTopics ids of deleted topics; their partitions and offsets go with them
 * @param removedGroups groups whose offsets were deleted
 * @param topics new or altered topics, by id
 * @param logs changed logs
 * @param offsets changed offsets
 * @param producers what has changed of producers
 */
public record StateDelta(
        LogPosition applied,
        int nextTopicId,
        Map<Integer, DeletedTopic> removedTopics,
        Set<String> removedGroups,
        Map<Integer, Topic> topics,
        Map<PartitionId, ChangedLog> logs,
        Map<OffsetKey, GroupOffset> offsets,
        ProducerDelta producers) {

    /** A topic whose files are still there. */
    public record DeletedTopic(Topic topic, Collection<SegmentLog> logs) {}

    /** @param log null where only its state is known */
    public record ChangedLog(SegmentLog log, LogState state) {}

    public record OffsetKey(String group, PartitionId partition) {

        static OffsetKey of(GroupOffset offset) {
            return new OffsetKey(offset.group(), offset.partition());
        }
    }

    /** A whole state, as what has changed since there was none. */
    public static StateDelta of(StateImage image) {
        return new StateDelta(
                image.applied(),
                image.nextTopicId(),
                Map.of(),
                Set.of(),
                image.topics().stream().collect(Collectors.toMap(Topic::id, Function.identity())),
                image.logs().entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, log -> new ChangedLog(null, log.getValue()))),
                image.offsets().stream().collect(Collectors.toMap(OffsetKey::of, Function.identity())),
                new ProducerDelta(
                        Set.of(),
                        image.producers().producers().stream()
                                .collect(Collectors.toMap(ProducerState::id, Function.identity())),
                        image.producers().sequences()));
    }

    public boolean isEmpty() {
        return removedTopics.isEmpty()
                && removedGroups.isEmpty()
                && topics.isEmpty()
                && logs.isEmpty()
                && offsets.isEmpty()
                && producers.isEmpty();
    }

    /** This change and then a later one, as one. */
    public StateDelta followedBy(StateDelta later) {
        Map<Integer, DeletedTopic> allRemovedTopics = new HashMap<>(removedTopics);
        allRemovedTopics.putAll(later.removedTopics);
        Set<String> allRemovedGroups = new HashSet<>(removedGroups);
        allRemovedGroups.addAll(later.removedGroups);

        Map<Integer, Topic> allTopics = new HashMap<>(topics);
        allTopics.keySet().removeAll(later.removedTopics.keySet());
        allTopics.putAll(later.topics);
        Map<PartitionId, ChangedLog> allLogs = new HashMap<>(logs);
        allLogs.keySet().removeIf(partition -> later.removedTopics.containsKey(partition.topicId()));
        allLogs.putAll(later.logs);
        Map<OffsetKey, GroupOffset> allOffsets = new HashMap<>(offsets);
        allOffsets.keySet().removeIf(key -> later.removes(key));
        allOffsets.putAll(later.offsets);
        return new StateDelta(
                later.applied,
                later.nextTopicId,
                allRemovedTopics,
                allRemovedGroups,
                allTopics,
                allLogs,
                allOffsets,
                producers.followedBy(later.producers, later.removedTopics.keySet()));
    }

    private boolean removes(OffsetKey key) {
        return removedGroups.contains(key.group())
                || removedTopics.containsKey(key.partition().topicId());
    }
}
