package io.mq.core.broker;

import io.mq.batch.InvalidBatchException;
import io.mq.batch.Partitioner;
import io.mq.batch.RecordBatch;
import io.mq.batch.RegionBuffers;
import io.mq.core.command.OpenProducerCommand;
import io.mq.core.command.OpenProducerCommand.Opened;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.journal.Journal;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.state.BrokerStateMachine;
import io.mq.core.state.Catalog;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * Takes batches as their producers made them, and producers that count what they send.
 *
 * <p>Safe for use by any thread; nothing here waits.
 */
public final class BatchPublisher {

    /** What encoding adds to a record: tags, lengths and the framing of a sensible number of headers. */
    private static final int RECORD_OVERHEAD_BYTES = 1 << 10;

    private final BrokerStateMachine state;
    private final Journal journal;
    private final Appender appender;
    private final Limits limits;
    private final InstantSource clock;
    private final Partitioner partitioner = new Partitioner();
    private final RegionBuffers regionBuffers = new RegionBuffers();

    BatchPublisher(Engine engine, Appender appender, Limits limits, InstantSource clock) {
        this.state = engine.state();
        this.journal = engine.journal();
        this.appender = appender;
        this.limits = limits;
        this.clock = clock;
    }

    /** The largest batch that is taken, in bytes, compressed or not. */
    public int batchBytesMax() {
        return limits.batchBytesMax();
    }

    /** How many partitions a topic has. */
    public int partitions(String topic) {
        return state.catalog().require(topic).partitions();
    }

    /**
     * Begins a life of a producer: every earlier one of the same id is at an end.
     *
     * @param topic that it is going to write to
     * @param producerId any number but 0
     * @throws BrokerException where the request is refused at once; a later refusal fails the future
     */
    public CompletableFuture<Opened> open(String topic, long producerId) {
        if (producerId == 0) {
            throw BrokerException.of(
                    Reason.INVALID_FIELD,
                    "producer_id must not be 0, which stands for none; choose a random number",
                    Map.of("field", "producer_id"));
        }
        int topicId = state.catalog().require(topic).id();
        if (state.producers().find(producerId).isEmpty() && state.producers().size() >= limits.producersMax()) {
            throw Limits.reached("another producer", limits.producersMax(), "mq.limits.producers-max");
        }
        return journal.submit(new OpenProducerCommand(producerId, topicId, Instant.ofEpochMilli(clock.millis())));
    }

    /**
     * Publishes a batch, all of it or nothing. The future completes when it is as durable as
     * {@link Published#durability} says, and readers can see it. Where the topic has compressed batches validated, this
     * one is restored on the caller's thread.
     *
     * @param wanted the partition; empty takes each in turn
     * @param batch not stamped yet; it is the broker's from now on
     * @throws BrokerException where the batch is refused at once; a later refusal fails the future
     */
    public CompletableFuture<Published> publish(
            String topicName, OptionalInt wanted, RecordBatch batch, Optional<Durability> durability) {
        Topic topic = state.catalog().require(topicName);
        appender.requireAvailable(durability);
        requireSound(topic, batch);
        PartitionId partition = partition(topic, wanted, batch);
        if (batch.producerId() != 0) {
            requireRoomFor(batch.producerId(), partition);
        }
        return appender.append(topic, partition, batch);
    }

    private void requireSound(Topic topic, RecordBatch batch) {
        if (batch.sizeInBytes() > limits.batchBytesMax()) {
            throw refused(
                    "batch: found %d bytes, at most %d are allowed; send smaller batches or raise mq.limits.message-bytes-max"
                            .formatted(batch.sizeInBytes(), limits.batchBytesMax()));
        }
        int recordBytesMax = limits.messageBytesMax(topic) + RECORD_OVERHEAD_BYTES;
        try {
            batch.requireSound(recordBytesMax, limits.batchBytesMax());
        } catch (InvalidBatchException e) {
            throw refused("batch." + e.getMessage());
        }
        if (topic.config().validateCompressed().orElse(false)) {
            requireSoundRestored(topic, batch, recordBytesMax);
        }
    }

    private void requireSoundRestored(Topic topic, RecordBatch batch, int recordBytesMax) {
        try {
            batch.requireSoundRestored(recordBytesMax, regionBuffers);
        } catch (InvalidBatchException e) {
            throw refused(
                    "batch.%s; topic '%s' has compressed batches validated: send an encoded mq.Records, compressed as one LZ4 block or ZSTD frame, with its count and uncompressed_size"
                            .formatted(e.getMessage(), topic.name()));
        }
    }

    private static BrokerException refused(String text) {
        return BrokerException.of(Reason.INVALID_BATCH, text, Map.of("field", "batch"));
    }

    private PartitionId partition(Topic topic, OptionalInt wanted, RecordBatch batch) {
        if (wanted.isPresent()) {
            return Catalog.require(topic, wanted.getAsInt());
        }
        if (batch.producerId() != 0) {
            throw BrokerException.of(
                    Reason.INVALID_FIELD,
                    "partition must be set: a producer's sequence belongs to one partition",
                    Map.of("field", "partition"));
        }
        return topic.partition(partitioner.choose(Optional.empty(), topic.partitions()));
    }

    private void requireRoomFor(long producerId, PartitionId partition) {
        if (state.producers().sequencesSize() >= limits.producerPartitionsMax()
                && !state.producers().hasSequences(producerId, partition)) {
            throw Limits.reached(
                    "another partition of a producer",
                    limits.producerPartitionsMax(),
                    "mq.limits.producer-partitions-max");
        }
    }
}
