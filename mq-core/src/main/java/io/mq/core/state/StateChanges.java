package io.mq.core.state;

import io.mq.core.command.LogPosition;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.state.StateDelta.ChangedLog;
import io.mq.core.state.StateDelta.DeletedTopic;
import io.mq.core.state.StateDelta.OffsetKey;
import io.mq.core.storage.SegmentLog;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Notes what changes between two checkpoints. Confined to the state machine's thread. */
final class StateChanges {

    private Map<Integer, DeletedTopic> removedTopics = new HashMap<>();
    private Set<String> removedGroups = new HashSet<>();
    private Map<Integer, Topic> topics = new HashMap<>();
    private Map<PartitionId, SegmentLog> logs = new HashMap<>();
    private Map<OffsetKey, GroupOffset> offsets = new HashMap<>();
    private Set<Long> removedProducers = new HashSet<>();
    private Map<Long, ProducerState> producers = new HashMap<>();
    private SequenceMap sequences = new SequenceMap();

    void changed(Topic topic) {
        topics.put(topic.id(), topic);
    }

    void changed(PartitionId partition, SegmentLog log) {
        logs.put(partition, log);
    }

    void changed(GroupOffset offset) {
        offsets.put(OffsetKey.of(offset), offset);
    }

    void changed(ProducerState producer) {
        producers.put(producer.id(), producer);
    }

    void changed(ProducerSequences.Key key, ProducerSequences itsSequences) {
        sequences.put(key, itsSequences);
    }

    void removedProducers(Set<Long> ids) {
        removedProducers.addAll(ids);
        producers.keySet().removeAll(ids);
        ids.forEach(sequences::removeProducer);
    }

    void removed(Topic topic, List<SegmentLog> itsLogs) {
        removedTopics.put(topic.id(), new DeletedTopic(topic, itsLogs));
        topics.remove(topic.id());
        logs.keySet().removeIf(partition -> partition.topicId() == topic.id());
        offsets.keySet().removeIf(key -> key.partition().topicId() == topic.id());
        sequences.removeTopic(topic.id());
    }

    void removedGroup(String group) {
        removedGroups.add(group);
        offsets.keySet().removeIf(key -> key.group().equals(group));
    }

    /** Everything noted since the last call. */
    StateDelta take(LogPosition applied, int nextTopicId) {
        Map<PartitionId, ChangedLog> logStates = new HashMap<>();
        logs.forEach((partition, log) -> logStates.put(partition, new ChangedLog(log, log.state())));
        StateDelta delta = new StateDelta(
                applied,
                nextTopicId,
                removedTopics,
                removedGroups,
                topics,
                logStates,
                offsets,
                new ProducerDelta(removedProducers, producers, sequences.asMap()));
        clear();
        return delta;
    }

    /** Forgets what was noted. */
    void clear() {
        removedTopics = new HashMap<>();
        removedGroups = new HashSet<>();
        topics = new HashMap<>();
        logs = new HashMap<>();
        offsets = new HashMap<>();
        removedProducers = new HashSet<>();
        producers = new HashMap<>();
        sequences = new SequenceMap();
    }
}
