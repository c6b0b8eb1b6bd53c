package io.mq.core.broker;

import io.mq.batch.InvalidBatchException;
import io.mq.batch.Partitioner;
import io.mq.batch.RecordBatch;
import io.mq.batch.RegionBuffers;
import io.mq.core.command.OpenProducerCommand.Opened;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.state.Catalog;
import io.mq.core.state.ProducerStates;
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

    private final Shards shards;
    private final ProducerOpener opener;
    private final Appender appender;
    private final Limits limits;
    private final Partitioner partitioner = new Partitioner();
    private final RegionBuffers regionBuffers = new RegionBuffers();

    BatchPublisher(Shards shards, Appender appender, Limits limits, InstantSource clock) {
        this.shards = shards;
        this.opener = new ProducerOpener(shards, limits.producersMax(), clock);
        this.appender = appender;
        this.limits = limits;
    }

    /** The largest batch that is taken, in bytes, compressed or not. */
    public int batchBytesMax() {
        return limits.batchBytesMax();
    }

    /**
     * What a producer has to know before it publishes to a topic.
     *
     * @param topic as it is now
     * @param producer what its number has come to; without meaning for one that has none
     */
    public record Start(Topic topic, Opened producer) {}

    /**
     * Prepares for what a producer is going to publish.
     *
     * @throws BrokerException where the request is refused at once; a later refusal fails the future
     */
    public CompletableFuture<Start> start(ProducerOpening opening) {
        return shards.withTopic(opening.topic(), topic -> {
            CompletableFuture<Opened> opened = opening.producerId() == 0
                    ? CompletableFuture.completedFuture(new Opened(0, Map.of()))
                    : opener.open(topic, opening);
            return opened.thenApply(producer -> new Start(topic, producer));
        });
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
        return shards.withTopic(topicName, topic -> publish(topic, wanted, batch, durability));
    }

    private CompletableFuture<Published> publish(
            Topic topic, OptionalInt wanted, RecordBatch batch, Optional<Durability> durability) {
        appender.requireAvailable(durability);
        requireSound(topic, batch);
        PartitionId partition = partition(topic, wanted, batch);
        if (batch.producerId() != 0) {
            requireRoomFor(batch.producerId(), partition, shards.of(topic, partition.partition()));
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

    private void requireRoomFor(long producerId, PartitionId partition, Shard shard) {
        ProducerStates producers = shard.state().producers();
        if (producers.sequencesSize() >= limits.producerPartitionsMax()
                && !producers.hasSequences(producerId, partition)) {
            throw Limits.reached(
                    "another partition of a producer",
                    limits.producerPartitionsMax(),
                    "mq.limits.producer-partitions-max");
        }
    }
}
