package io.mq.core.checkpoint;

import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.state.GroupOffset;
import io.mq.core.state.ProducerImage;
import io.mq.core.state.ProducerSequences;
import io.mq.core.state.ProducerState;
import io.mq.core.state.StateDelta;
import io.mq.core.state.StateDelta.OffsetKey;
import io.mq.core.state.StateImage;
import io.mq.core.storage.LogState;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A checkpoint store whose one variable is the disk. */
public final class InMemoryCheckpointStore implements CheckpointStore {

    private volatile StateImage saved;
    private volatile IOException failure;

    public InMemoryCheckpointStore() {
        this(StateImage.EMPTY);
    }

    /** A store that holds what another one held: as good as the same disk in a restarted machine. */
    public InMemoryCheckpointStore(StateImage saved) {
        this.saved = saved;
    }

    /** From now on, saving fails like this; null mends it. */
    public void failWith(IOException e) {
        failure = e;
    }

    @Override
    public StateImage load() {
        return saved;
    }

    @Override
    public void save(StateDelta delta) throws IOException {
        if (failure != null) {
            throw failure;
        }
        Map<Integer, Topic> topics = new HashMap<>();
        saved.topics().forEach(topic -> topics.put(topic.id(), topic));
        Map<PartitionId, LogState> logs = new HashMap<>(saved.logs());
        Map<OffsetKey, GroupOffset> offsets = new HashMap<>();
        saved.offsets().forEach(offset -> offsets.put(new OffsetKey(offset.group(), offset.partition()), offset));

        topics.keySet().removeAll(delta.removedTopics().keySet());
        logs.keySet().removeIf(id -> delta.removedTopics().containsKey(id.topicId()));
        offsets.keySet()
                .removeIf(key -> delta.removedGroups().contains(key.group())
                        || delta.removedTopics().containsKey(key.partition().topicId()));
        topics.putAll(delta.topics());
        delta.logs().forEach((id, changed) -> logs.put(id, changed.state()));
        offsets.putAll(delta.offsets());
        saved = new StateImage(
                delta.applied(),
                delta.nextTopicId(),
                List.copyOf(topics.values()),
                Map.copyOf(logs),
                List.copyOf(offsets.values()),
                with(saved.producers(), delta));
    }

    private static ProducerImage with(ProducerImage saved, StateDelta delta) {
        Map<Long, ProducerState> producers = new HashMap<>();
        saved.producers().forEach(producer -> producers.put(producer.id(), producer));
        Map<ProducerSequences.Key, ProducerSequences> sequences = new HashMap<>(saved.sequences());

        producers.keySet().removeAll(delta.producers().removed());
        sequences
                .keySet()
                .removeIf(key -> delta.producers().removed().contains(key.producerId())
                        || delta.removedTopics().containsKey(key.partition().topicId()));
        producers.putAll(delta.producers().producers());
        sequences.putAll(delta.producers().sequences());
        return new ProducerImage(List.copyOf(producers.values()), Map.copyOf(sequences));
    }

    @Override
    public void replace(StateImage image) throws IOException {
        if (failure != null) {
            throw failure;
        }
        saved = image;
    }

    @Override
    public void close() {}
}
