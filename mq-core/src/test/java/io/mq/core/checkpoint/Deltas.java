package io.mq.core.checkpoint;

import io.mq.core.command.LogPosition;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import io.mq.core.state.GroupOffset;
import io.mq.core.state.ProducerDelta;
import io.mq.core.state.ProducerSequences;
import io.mq.core.state.ProducerState;
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
import java.util.random.RandomGenerator;

/** Makes deltas as a store sees them: their logs have a state and nothing else. */
public final class Deltas {

    private static final int TOPICS = 4;

    private final LogPosition applied;
    private final int nextTopicId;
    private final Map<Integer, DeletedTopic> removedTopics = new HashMap<>();
    private final Set<String> removedGroups = new HashSet<>();
    private final Map<Integer, Topic> topics = new HashMap<>();
    private final Map<PartitionId, ChangedLog> logs = new HashMap<>();
    private final Map<OffsetKey, GroupOffset> offsets = new HashMap<>();
    private final Set<Long> removedProducers = new HashSet<>();
    private final Map<Long, ProducerState> producers = new HashMap<>();
    private final Map<ProducerSequences.Key, ProducerSequences> sequences = new HashMap<>();

    private Deltas(LogPosition applied, int nextTopicId) {
        this.applied = applied;
        this.nextTopicId = nextTopicId;
    }

    public static Deltas at(long appliedIndex, int nextTopicId) {
        return at(LogPosition.of(appliedIndex), nextTopicId);
    }

    public static Deltas at(LogPosition applied, int nextTopicId) {
        return new Deltas(applied, nextTopicId);
    }

    public Deltas with(Topic topic) {
        topics.put(topic.id(), topic);
        return this;
    }

    public Deltas with(PartitionId partition, LogState state) {
        logs.put(partition, new ChangedLog(null, state));
        return this;
    }

    public Deltas with(GroupOffset offset) {
        offsets.put(new OffsetKey(offset.group(), offset.partition()), offset);
        return this;
    }

    public Deltas with(ProducerState producer) {
        producers.put(producer.id(), producer);
        return this;
    }

    public Deltas with(ProducerSequences.Key key, ProducerSequences itsSequences) {
        sequences.put(key, itsSequences);
        return this;
    }

    public Deltas without(ProducerState producer) {
        removedProducers.add(producer.id());
        return this;
    }

    public Deltas without(Topic topic) {
        removedTopics.put(topic.id(), new DeletedTopic(topic, List.of()));
        return this;
    }

    public Deltas withoutGroup(String group) {
        removedGroups.add(group);
        return this;
    }

    public StateDelta delta() {
        return new StateDelta(
                applied,
                nextTopicId,
                removedTopics,
                removedGroups,
                topics,
                logs,
                offsets,
                new ProducerDelta(removedProducers, producers, sequences));
    }

    /** Any delta over a few topics and groups; ids of removed topics are not used again, as in life. */
    static StateDelta any(int number, RandomGenerator random) {
        Deltas deltas = at(number, number * TOPICS);
        int firstId = number / 3 * TOPICS;
        for (int i = random.nextInt(3); i > 0; i--) {
            deltas.with(topic(firstId + random.nextInt(TOPICS)));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            Topic topic = topic(firstId + random.nextInt(TOPICS));
            deltas.with(topic).with(topic.partition(random.nextInt(2)), new LogState(0, number, 0, number, number));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            Topic topic = topic(firstId + random.nextInt(TOPICS));
            String group = "g" + random.nextInt(3);
            deltas.with(topic)
                    .with(new GroupOffset(group, topic.partition(random.nextInt(2)), number, "", Instant.EPOCH));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            Topic topic = topic(firstId + random.nextInt(TOPICS));
            ProducerState producer = producer(random, number);
            deltas.with(topic)
                    .with(producer)
                    .with(
                            new ProducerSequences.Key(producer.id(), topic.partition(random.nextInt(2))),
                            new ProducerSequences(number, List.of()));
        }
        if (random.nextInt(3) == 0) {
            ProducerState removed = producer(random, number);
            deltas.without(removed);
            deltas.producers.remove(removed.id());
            deltas.sequences.keySet().removeIf(key -> key.producerId() == removed.id());
        }
        if (random.nextInt(3) == 0 && firstId >= TOPICS) {
            deltas.without(topic(firstId - TOPICS + random.nextInt(TOPICS)));
        }
        if (random.nextInt(4) == 0) {
            deltas.withoutGroup("g" + random.nextInt(3));
        }
        return deltas.delta();
    }

    private static ProducerState producer(RandomGenerator random, int number) {
        return new ProducerState(random.nextInt(3), number, number);
    }

    private static Topic topic(int id) {
        return new Topic(id + 1, "t" + id, 2, TopicConfig.DEFAULTS, 4096, Instant.EPOCH);
    }
}
