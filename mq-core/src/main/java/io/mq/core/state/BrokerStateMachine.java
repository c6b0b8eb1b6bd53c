package io.mq.core.state;

import io.mq.batch.RecordBatch;
import io.mq.core.command.AdoptProducerCommand;
import io.mq.core.command.AdvanceLogStartCommand;
import io.mq.core.command.AdvanceLogStartCommand.Advanced;
import io.mq.core.command.AlterTopicCommand;
import io.mq.core.command.AppendCommand;
import io.mq.core.command.AppendCommand.Appended;
import io.mq.core.command.BarrierCommand;
import io.mq.core.command.Command;
import io.mq.core.command.CommitOffsetCommand;
import io.mq.core.command.CommitOffsetCommand.Committed;
import io.mq.core.command.CreateTopicCommand;
import io.mq.core.command.CreateTopicCommand.Created;
import io.mq.core.command.DeleteGroupCommand;
import io.mq.core.command.DeleteTopicCommand;
import io.mq.core.command.ExpireProducersCommand;
import io.mq.core.command.LogPosition;
import io.mq.core.command.OpenProducerCommand;
import io.mq.core.command.OpenProducerCommand.Opened;
import io.mq.core.command.PlacedAppendCommand;
import io.mq.core.command.PutTopicCommand;
import io.mq.core.command.SeekCommand;
import io.mq.core.command.SeekCommand.Sought;
import io.mq.core.command.SeekCommand.Target;
import io.mq.core.command.StateMachine;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.file.CorruptFileException;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.storage.LogState;
import io.mq.core.storage.LogStorage;
import io.mq.core.storage.SegmentLog;
import io.mq.core.storage.ShardDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * All state of a shard that survives a restart, changed by commands alone. The same commands in the same order give an
 * equal state and byte-identical segments, on whatever machine and at whatever time.
 *
 * <p>{@link #apply}, {@link #flush}, {@link #takeDelta} and {@link #replaceBy} belong to one thread at a time; the views ({@link #catalog},
 * {@link #logs}, {@link #offsets}) may be read by any.
 */
public final class BrokerStateMachine implements StateMachine {

    /** On a single node no leader ever changes. */
    private static final int LEADER_EPOCH = 0;

    private final ShardDirectory directory;
    private final LogStorage storage;

    private final Catalog catalog = new Catalog();
    private final Logs logs = new Logs();
    private final GroupOffsets offsets = new GroupOffsets();
    private final ProducerStates producers = new ProducerStates();
    private final StateChanges changes = new StateChanges();

    /** Logs with batches that are applied and not yet in their segments. */
    private final Map<PartitionId, SegmentLog> unflushed = new LinkedHashMap<>();

    /** Whether the last {@link #flush()} found the disk full. */
    private volatile boolean isStalled;

    private int nextTopicId;
    private StateListener listener = StateListener.NONE;

    /** Whether logs may hold what the replay has yet to come to. */
    private boolean isRecovering = true;

    private BrokerStateMachine(ShardDirectory directory, LogStorage storage) {
        this.directory = directory;
        this.storage = storage;
    }

    /**
     * The state as a checkpoint has it, for the replay of what came later; {@link #completeRecovery} must follow.
     *
     * @throws CorruptFileException where a log holds less than the checkpoint had forced
     */
    public static BrokerStateMachine restore(StateImage image, ShardDirectory directory, LogStorage storage)
            throws IOException {
        BrokerStateMachine state = new BrokerStateMachine(directory, storage);
        state.take(image);
        return state;
    }

    private void take(StateImage image) throws IOException {
        nextTopicId = image.nextTopicId();
        for (Topic topic : image.topics()) {
            openLogs(topic, 0, image.logs());
        }
        catalog.putAll(image.topics());
        offsets.putAll(image.offsets());
        producers.putAll(image.producers());
    }

    /** Forgets everything and deletes all logs; {@link #replaceBy} must follow. */
    public void discard() throws IOException {
        for (Topic topic : catalog.topics()) {
            catalog.remove(topic);
            for (SegmentLog log : logs.removeTopic(topic.id())) {
                log.delete();
            }
            listener.topicDeleted(topic);
        }
        offsets.clear();
        producers.clear();
        unflushed.clear();
        isStalled = false;
        changes.clear();
    }

    /** Takes the state as another node's checkpoint has it, whose segments have been put in place. */
    public void replaceBy(StateImage image) throws IOException {
        take(image);
        image.topics().forEach(listener::topicChanged);
    }

    /**
     * Call after the journal has been replayed: what logs hold beyond that was never acknowledged, and goes.
     *
     * @throws CorruptFileException where a log lacks a segment that it should have
     */
    public void completeRecovery() throws IOException {
        for (SegmentLog log : logs.all()) {
            log.completeRecovery();
        }
        isRecovering = false;
    }

    /** Says who is told of changes from now on; to be called before commands are applied by another thread. */
    public void setListener(StateListener listener) {
        this.listener = listener;
    }

    /** Whether a full disk keeps applied messages from readers. */
    public boolean isStalled() {
        return isStalled;
    }

    /**
     * Whether a topic has been deleted, and not just not been created yet. Only for who looks at the state while nothing is
     * applied.
     */
    public boolean hasDeleted(int topicId) {
        return topicId < nextTopicId && catalog.find(topicId).isEmpty();
    }

    public Catalog catalog() {
        return catalog;
    }

    public Logs logs() {
        return logs;
    }

    public GroupOffsets offsets() {
        return offsets;
    }

    public ProducerStates producers() {
        return producers;
    }

    @Override
    @SuppressWarnings("unchecked") // Each branch returns what the type of its command says.
    public <R> R apply(long index, Command<R> command) {
        try {
            if (command instanceof AppendCommand c) {
                return (R) append(c);
            } else if (command instanceof PlacedAppendCommand c) {
                return (R) append(c);
            } else if (command instanceof CommitOffsetCommand c) {
                return (R) commit(c);
            } else if (command instanceof CreateTopicCommand c) {
                return (R) create(c);
            } else if (command instanceof AlterTopicCommand c) {
                return (R) alter(c);
            } else if (command instanceof DeleteTopicCommand c) {
                return (R) delete(c);
            } else if (command instanceof DeleteGroupCommand c) {
                return (R) deleteGroup(c);
            } else if (command instanceof AdvanceLogStartCommand c) {
                return (R) advanceStart(c);
            } else if (command instanceof SeekCommand c) {
                return (R) seek(c);
            } else if (command instanceof OpenProducerCommand c) {
                return (R) open(c);
            } else if (command instanceof ExpireProducersCommand c) {
                return (R) expire(c);
            } else if (command instanceof PutTopicCommand c) {
                return (R) put(c.topic());
            } else if (command instanceof AdoptProducerCommand c) {
                return (R) adopt(c);
            } else if (command instanceof BarrierCommand) {
                return (R) Boolean.TRUE;
            }
            throw new AssertionError(command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Appended append(AppendCommand command) throws IOException {
        SegmentLog log = requireLog(command.partition());
        RecordBatch batch = command.batch();
        boolean hasProducer = batch.producerId() != 0;
        if (hasProducer) {
            OptionalLong duplicate = producers.findDuplicate(command.partition(), batch);
            changes.changed(producers.used(batch));
            if (duplicate.isPresent()) {
                return new Appended(duplicate.getAsLong(), true);
            }
        }
        long baseOffset = log.append(batch, LEADER_EPOCH);
        if (hasProducer) {
            changes.changed(
                    new ProducerSequences.Key(batch.producerId(), command.partition()),
                    producers.stored(command.partition(), batch));
        }
        unflushed.put(command.partition(), log);
        changes.changed(command.partition(), log);
        return new Appended(baseOffset, false);
    }

    private Appended append(PlacedAppendCommand command) throws IOException {
        try {
            RecordBatch batch = requireLog(command.partition()).readPlaced(command.header());
            return append(new AppendCommand(command.partition(), batch));
        } catch (BrokerException e) {
            throw new IllegalStateException("the journal has an append as placed that is refused now", e);
        }
    }

    private Opened open(OpenProducerCommand command) {
        requireTopic(command.topicId());
        ProducerState producer = producers.open(command.producerId(), command.after(), command.openedAt());
        changes.changed(producer);
        return new Opened(producer.epoch(), producers.nextSequences(producer.id(), command.topicId()));
    }

    private Opened adopt(AdoptProducerCommand command) {
        requireTopic(command.topicId());
        ProducerState producer = producers.adopt(command.producerId(), command.epoch(), command.openedAt());
        changes.changed(producer);
        return new Opened(producer.epoch(), producers.nextSequences(producer.id(), command.topicId()));
    }

    private Integer expire(ExpireProducersCommand command) {
        Set<Long> expired = producers.expire(command.producerIds(), command.idleSince());
        changes.removedProducers(expired);
        return expired.size();
    }

    private Committed commit(CommitOffsetCommand command) {
        requireInRange(command.partition(), command.offset());
        Optional<GroupOffset> present = offsets.find(command.group(), command.partition());
        if (present.isPresent() && present.get().offset() >= command.offset()) {
            return new Committed(present.get().offset());
        }
        put(new GroupOffset(
                command.group(), command.partition(), command.offset(), command.metadata(), command.committedAt()));
        return new Committed(command.offset());
    }

    private void requireInRange(PartitionId partition, long offset) {
        SegmentLog log = requireLog(partition);
        long end = log.state().end();
        if (offset < 0 || offset > end) {
            throw BrokerException.of(
                    Reason.OFFSET_OUT_OF_RANGE,
                    "offset %d cannot be committed: the partition has offsets %d to %d, and the next one to read may be committed at most"
                            .formatted(offset, log.start(), end),
                    Map.of("start", Long.toString(log.start()), "end", Long.toString(end)));
        }
    }

    private void put(GroupOffset offset) {
        offsets.put(offset);
        changes.changed(offset);
    }

    private List<Sought> seek(SeekCommand command) {
        command.targets().forEach(target -> requireInRange(target.partition(), target.offset()));
        List<Sought> sought = new ArrayList<>();
        for (Target target : command.targets()) {
            Optional<GroupOffset> present = offsets.find(command.group(), target.partition());
            put(new GroupOffset(command.group(), target.partition(), target.offset(), "", command.soughtAt()));
            sought.add(new Sought(
                    target.partition().partition(),
                    present.map(p -> OptionalLong.of(p.offset())).orElse(OptionalLong.empty()),
                    target.offset()));
            listener.groupMoved(command.group(), target.partition(), target.offset());
        }
        return sought;
    }

    private Created create(CreateTopicCommand command) throws IOException {
        Optional<Topic> present = catalog.find(command.name());
        if (present.isPresent()) {
            return new Created(requireSame(present.get(), command), false);
        }
        Topic topic = new Topic(
                nextTopicId++,
                command.name(),
                command.partitions(),
                command.config(),
                command.segmentBytes(),
                command.createdAt(),
                command.shards());
        openLogs(topic, 0, Map.of());
        putTopic(topic);
        return new Created(topic, true);
    }

    private static Topic requireSame(Topic present, CreateTopicCommand command) {
        if (present.partitions() == command.partitions() && present.config().equals(command.config())) {
            return present;
        }
        throw BrokerException.of(
                Reason.TOPIC_EXISTS,
                "topic '%s' exists with %d partitions and %s, which differs from what was asked; use AlterTopic to change it"
                        .formatted(present.name(), present.partitions(), present.config()),
                Map.of("topic", present.name(), "partitions", Integer.toString(present.partitions())));
    }

    private Topic alter(AlterTopicCommand command) throws IOException {
        Topic topic = requireTopic(command.topicId());
        int partitions = command.partitions() == 0 ? topic.partitions() : command.partitions();
        if (partitions < topic.partitions()) {
            throw BrokerException.of(
                    Reason.INVALID_FIELD,
                    "topic '%s' has %d partitions; they can be increased, not reduced to %d"
                            .formatted(topic.name(), topic.partitions(), partitions),
                    Map.of("field", "partitions"));
        }
        Topic altered = topic.with(partitions, topic.config().with(command.change()));
        openLogs(altered, topic.partitions(), Map.of());
        putTopic(altered);
        return altered;
    }

    private Topic put(Topic topic) throws IOException {
        Optional<Topic> present = catalog.find(topic.id());
        int partitions = present.map(Topic::partitions).orElse(0);
        Optional<Topic> namesake = catalog.find(topic.name()).filter(other -> other.id() != topic.id());
        if (namesake.isPresent() && namesake.get().id() > topic.id()) {
            // The catalog has deleted this one and made the other since.
            return namesake.get();
        }
        namesake.ifPresent(this::delete);
        Topic put = topic.with(Math.max(partitions, topic.partitions()), topic.config());
        openLogs(put, partitions, Map.of());
        putTopic(put);
        return put;
    }

    private Topic delete(DeleteTopicCommand command) {
        return delete(requireTopic(command.topicId()));
    }

    private Topic delete(Topic topic) {
        catalog.remove(topic);
        offsets.removeTopic(topic.id());
        producers.removeTopic(topic.id());
        List<SegmentLog> removed = logs.removeTopic(topic.id());
        unflushed.keySet().removeIf(partition -> partition.topicId() == topic.id());
        changes.removed(topic, removed);
        listener.topicDeleted(topic);
        return topic;
    }

    private Boolean deleteGroup(DeleteGroupCommand command) {
        changes.removedGroup(command.group());
        return offsets.removeGroup(command.group());
    }

    private Advanced advanceStart(AdvanceLogStartCommand command) throws IOException {
        SegmentLog log = requireLog(command.partition());
        log.advanceStart(command.logStart());
        changes.changed(command.partition(), log);
        listener.startAdvanced(log);
        return new Advanced(log.start());
    }

    @Override
    public boolean flush() {
        try {
            Iterator<Map.Entry<PartitionId, SegmentLog>> remaining =
                    unflushed.entrySet().iterator();
            while (remaining.hasNext()) {
                Map.Entry<PartitionId, SegmentLog> next = remaining.next();
                if (!next.getValue().flush()) {
                    isStalled = true;
                    return false;
                }
                listener.advanced(next.getKey(), next.getValue().end());
                remaining.remove();
            }
            isStalled = false;
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Set<RecordBatch> place(int bytesMin) {
        Set<RecordBatch> placed = Collections.newSetFromMap(new IdentityHashMap<>());
        try {
            for (SegmentLog log : unflushed.values()) {
                placed.addAll(log.place(bytesMin));
            }
            return placed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What changed since the last call, for a checkpoint.
     *
     * @return empty while a full disk keeps applied batches from their segments: a checkpoint must not count on them
     */
    public Optional<StateDelta> takeDelta(LogPosition applied) {
        return unflushed.isEmpty() ? Optional.of(changes.take(applied, nextTopicId)) : Optional.empty();
    }

    private void putTopic(Topic topic) {
        catalog.put(topic);
        changes.changed(topic);
        listener.topicChanged(topic);
    }

    /** Of the partitions that this shard holds. */
    private void openLogs(Topic topic, int firstPartition, Map<PartitionId, LogState> states) throws IOException {
        for (int i = firstPartition; i < topic.partitions(); i++) {
            if (topic.shardOf(i) == directory.shard()) {
                PartitionId partition = topic.partition(i);
                openLog(topic, partition, states.getOrDefault(partition, LogState.NEW));
            }
        }
    }

    private void openLog(Topic topic, PartitionId partition, LogState logState) throws IOException {
        SegmentLog log =
                SegmentLog.open(storage, directory.partition(topic, partition), topic.segmentBytes(), logState);
        if (!isRecovering) {
            log.completeRecovery();
        }
        logs.put(partition, log);
    }

    private Topic requireTopic(int topicId) {
        return catalog.find(topicId).orElseThrow(BrokerStateMachine::topicGone);
    }

    private SegmentLog requireLog(PartitionId partition) {
        return logs.find(partition).orElseThrow(BrokerStateMachine::topicGone);
    }

    private static BrokerException topicGone() {
        return BrokerException.of(Reason.TOPIC_NOT_FOUND, "the topic was deleted while this call was under way");
    }
}
