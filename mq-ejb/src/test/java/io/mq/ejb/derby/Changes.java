package io.mq.ejb.derby;

import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import io.mq.core.state.GroupOffset;
import io.mq.core.state.StateDelta;
import io.mq.core.state.StateDelta.ChangedLog;
import io.mq.core.state.StateDelta.DeletedTopic;
import io.mq.core.state.StateDelta.OffsetKey;
import io.mq.core.storage.LogState;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What changes between two checkpoints, put together piece by piece. */
final class Changes {

    static final Instant TIME = Instant.ofEpochMilli(1_767_225_600_123L);

    private final long appliedIndex;
    private final Map<Integer, DeletedTopic> removedTopics = new HashMap<>();
    private final Set<String> removedGroups = new HashSet<>();
    private final Map<Integer, Topic> topics = new HashMap<>();
    private final Map<PartitionId, ChangedLog> logs = new HashMap<>();
    private final Map<OffsetKey, GroupOffset> offsets = new HashMap<>();

    private Changes(long appliedIndex) {
        this.appliedIndex = appliedIndex;
    }

    static Changes through(long appliedIndex) {
        return new Changes(appliedIndex);
    }

    static Topic topic(int id, String name) {
        return new Topic(id, name, 4, TopicConfig.DEFAULTS, 4096, TIME);
    }

    static GroupOffset offset(String group, PartitionId partition, long offset, String metadata) {
        return new GroupOffset(group, partition, offset, metadata, TIME);
    }

    Changes with(Topic topic) {
        topics.put(topic.id(), topic);
        return this;
    }

    Changes with(PartitionId partition, LogState state) {
        logs.put(partition, new ChangedLog(null, state));
        return this;
    }

    Changes with(GroupOffset offset) {
        offsets.put(new OffsetKey(offset.group(), offset.partition()), offset);
        return this;
    }

    Changes without(Topic topic) {
        removedTopics.put(topic.id(), new DeletedTopic(topic, List.of()));
        return this;
    }

    Changes withoutGroup(String group) {
        removedGroups.add(group);
        return this;
    }

    /** @param nextTopicId what the next topic's id will be */
    StateDelta next(int nextTopicId) {
        return new StateDelta(appliedIndex, nextTopicId, removedTopics, removedGroups, topics, logs, offsets);
    }
}
