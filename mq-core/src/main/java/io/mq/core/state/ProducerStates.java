package io.mq.core.state;

import io.mq.batch.RecordBatch;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.PartitionId;
import io.mq.core.state.ProducerSequences.Key;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** What is known of producers. Changed by the state machine's thread, read by any. */
public final class ProducerStates {

    private final Map<Long, ProducerState> producers = new ConcurrentHashMap<>();
    private final ProducersByUse byUse = new ProducersByUse();
    private final SequenceMap sequences = new SequenceMap();

    public Optional<ProducerState> find(long producerId) {
        return Optional.ofNullable(producers.get(producerId));
    }

    /** How many producers are remembered. */
    public int size() {
        return producers.size();
    }

    /** Whether the partition has something of the producer. */
    public boolean hasSequences(long producerId, PartitionId partition) {
        return sequences.contains(new Key(producerId, partition));
    }

    /** How many pairs of a producer and a partition are remembered. */
    public int sequencesSize() {
        return sequences.size();
    }

    /** Those that have done nothing since then; one that is used meanwhile may be among them or not. */
    public List<Long> idleSince(Instant time) {
        return byUse.until(time).filter(id -> isIdle(producers.get(id), time)).toList();
    }

    private static boolean isIdle(ProducerState producer, Instant since) {
        return producer != null && producer.lastUsedMillis() < since.toEpochMilli();
    }

    void putAll(ProducerImage image) {
        image.producers().forEach(this::put);
        image.sequences().forEach(sequences::put);
    }

    /** Everything, by id. */
    ProducerImage image() {
        List<ProducerState> byId = new ArrayList<>(producers.values());
        byId.sort(Comparator.comparing(ProducerState::id));
        return new ProducerImage(byId, Map.copyOf(sequences.asMap()));
    }

    void put(ProducerState producer) {
        byUse.changed(producers.put(producer.id(), producer), producer);
    }

    /**
     * Begins a producer's next life.
     *
     * @param after the epoch of the one that it follows; empty for whichever there is
     * @throws BrokerException {@link Reason#PRODUCER_FENCED} where another one is known
     */
    ProducerState open(long producerId, OptionalInt after, Instant time) {
        ProducerState present = producers.get(producerId);
        int epoch = present == null ? after.orElse(0) : present.epoch();
        if (epoch != after.orElse(epoch)) {
            throw fenced(producerId, epoch, after.getAsInt());
        }
        ProducerState opened = new ProducerState(producerId, epoch + 1, time.toEpochMilli());
        put(opened);
        return opened;
    }

    /**
     * Takes over the life of a producer that has begun elsewhere.
     *
     * @throws BrokerException {@link Reason#PRODUCER_FENCED} where a later one is known
     */
    ProducerState adopt(long producerId, int epoch, Instant time) {
        int present = find(producerId).map(ProducerState::epoch).orElse(0);
        if (present > epoch) {
            throw fenced(producerId, present, epoch);
        }
        ProducerState adopted = new ProducerState(producerId, epoch, time.toEpochMilli());
        put(adopted);
        return adopted;
    }

    /** What a producer's next batches must begin with, by partition of a topic. For the state machine's thread. */
    public Map<Integer, Integer> nextSequences(long producerId, int topicId) {
        Map<Integer, Integer> next = new TreeMap<>();
        for (PartitionId partition : sequences.partitions(producerId, topicId)) {
            next.put(
                    partition.partition(),
                    sequences.find(new Key(producerId, partition)).nextSequence());
        }
        return next;
    }

    /**
     * Looks whether a producer's batch is to be stored.
     *
     * @return empty where it is; where it was stored before
     * @throws BrokerException {@link Reason#PRODUCER_NOT_FOUND}, {@link Reason#PRODUCER_FENCED},
     *     {@link Reason#SEQUENCE_GAP} or {@link Reason#SEQUENCE_FORGOTTEN}
     */
    OptionalLong findDuplicate(PartitionId partition, RecordBatch batch) {
        requireCurrent(batch);
        return sequences.find(new Key(batch.producerId(), partition)).findDuplicate(batch);
    }

    private void requireCurrent(RecordBatch batch) {
        ProducerState producer = producers.get(batch.producerId());
        if (producer == null) {
            throw BrokerException.of(
                    Reason.PRODUCER_NOT_FOUND,
                    "producer %s is unknown, or was idle for so long that it was forgotten; open a PublishStream with its producer_id"
                            .formatted(Long.toUnsignedString(batch.producerId())),
                    Map.of("producer_id", Long.toUnsignedString(batch.producerId())));
        }
        if (batch.producerEpoch() != producer.epoch()) {
            throw fenced(batch.producerId(), producer.epoch(), batch.producerEpoch());
        }
    }

    private static BrokerException fenced(long producerId, int epoch, int itsEpoch) {
        return BrokerException.of(
                Reason.PRODUCER_FENCED,
                "producer %s has begun anew, elsewhere or later: its epoch is %d and not %d"
                        .formatted(Long.toUnsignedString(producerId), epoch, itsEpoch),
                Map.of("producer_id", Long.toUnsignedString(producerId), "epoch", Integer.toString(epoch)));
    }

    /** Notes a producer's batch that was just stored; answers what is to be checkpointed. */
    ProducerSequences stored(PartitionId partition, RecordBatch batch) {
        Key key = new Key(batch.producerId(), partition);
        ProducerSequences more = sequences.find(key).with(batch);
        sequences.put(key, more);
        return more;
    }

    /** Notes that a producer has done something; answers what is to be checkpointed. */
    ProducerState used(RecordBatch batch) {
        ProducerState used = new ProducerState(batch.producerId(), batch.producerEpoch(), batch.appendTimeMillis());
        put(used);
        return used;
    }

    /** Forgets those of these that have done nothing since then; answers which. */
    Set<Long> expire(List<Long> producerIds, Instant idleSince) {
        Set<Long> expired = new HashSet<>();
        for (long id : producerIds) {
            ProducerState producer = producers.get(id);
            if (isIdle(producer, idleSince)) {
                producers.remove(id);
                byUse.remove(producer);
                sequences.removeProducer(id);
                expired.add(id);
            }
        }
        return expired;
    }

    void clear() {
        producers.values().forEach(byUse::remove);
        producers.clear();
        sequences.clear();
    }

    void removeTopic(int topicId) {
        sequences.removeTopic(topicId);
    }
}
