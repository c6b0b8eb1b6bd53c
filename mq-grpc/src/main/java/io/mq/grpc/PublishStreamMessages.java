package io.mq.grpc;

import io.mq.batch.RecordBatch;
import io.mq.core.broker.BatchPublisher.Start;
import io.mq.core.broker.ProducerOpening;
import io.mq.core.broker.Published;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.proto.Duplicate;
import io.mq.proto.FrameResult;
import io.mq.proto.PartitionSequence;
import io.mq.proto.PublishBatchResponse;
import io.mq.proto.PublishStreamInit;
import io.mq.proto.PublishStreamReady;
import io.mq.proto.PublishStreamResponse;
import io.mq.proto.Written;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Translates what becomes of published batches. */
final class PublishStreamMessages {

    private PublishStreamMessages() {}

    /** @throws BrokerException where an epoch is none, or nobody's */
    static ProducerOpening opening(PublishStreamInit init) {
        if (init.hasAfterEpoch() && (init.getAfterEpoch() < 0 || init.getProducerId() == 0)) {
            throw BrokerException.of(
                    Reason.INVALID_FIELD,
                    "after_epoch: expected 0 or more, with a producer_id, found %d; leave it away to put an end to whatever there is"
                            .formatted(init.getAfterEpoch()),
                    Map.of("field", "after_epoch"));
        }
        return new ProducerOpening(
                init.getTopic(),
                init.getProducerId(),
                init.hasAfterEpoch() ? OptionalInt.of(init.getAfterEpoch()) : OptionalInt.empty(),
                init.hasShard() ? OptionalInt.of(init.getShard()) : OptionalInt.empty());
    }

    /** @throws BrokerException where there is no batch, or it names a producer that the stream does not */
    static RecordBatch batch(PublishedFrame frame, boolean hasProducer) {
        RecordBatch batch = frame.batch();
        if (batch == null) {
            throw BrokerException.of(
                    Reason.INVALID_BATCH,
                    "batch is missing; send one with at least one record",
                    Map.of("field", "batch"));
        }
        if (!hasProducer && batch.producerId() != 0) {
            throw BrokerException.of(
                    Reason.INVALID_FIELD,
                    "batch.producer_id: expected 0 on a stream that was opened without producer_id, found %s"
                            .formatted(Long.toUnsignedString(batch.producerId())),
                    Map.of("field", "batch"));
        }
        return batch;
    }

    static PublishStreamResponse ready(Start start, int batchBytesMax) {
        PublishStreamReady.Builder ready = PublishStreamReady.newBuilder()
                .setProducerEpoch(start.producer().epoch())
                .setPartitions(start.topic().partitions())
                .setBatchBytesMax(batchBytesMax)
                .setWindowBytes(PublishStream.WINDOW_BYTES);
        start.producer()
                .nextSequences()
                .forEach((partition, next) -> ready.addNextSequences(
                        PartitionSequence.newBuilder().setPartition(partition).setNextSequence(next)));
        if (start.topic().shards() > 1) {
            IntStream.range(0, start.topic().partitions())
                    .map(start.topic()::shardOf)
                    .forEach(ready::addShards);
        }
        return PublishStreamResponse.newBuilder().setReady(ready).build();
    }

    static PublishStreamResponse result(PublishedFrame frame, Published published, Throwable failure) {
        FrameResult.Builder result = FrameResult.newBuilder().setFrameId(frame.frameId());
        if (failure != null) {
            result.setPartition(frame.partition().orElse(0)).setFailed(StatusMapping.toFailed(failure));
        } else {
            result.setPartition(published.partition().partition());
            if (published.isDuplicate()) {
                result.setDuplicate(Duplicate.newBuilder().setBaseOffset(published.offset()));
            } else {
                result.setWritten(Written.newBuilder()
                        .setBaseOffset(published.offset())
                        .setDurability(RecordMessages.toProto(published.durability()))
                        .setAppendTime(published.appendTime().toEpochMilli()));
            }
        }
        return PublishStreamResponse.newBuilder().setResult(result).build();
    }

    static PublishBatchResponse toProto(Published published) {
        return PublishBatchResponse.newBuilder()
                .setPartition(published.partition().partition())
                .setBaseOffset(published.offset())
                .setTimestamp(Times.toProto(published.appendTime()))
                .setDurability(RecordMessages.toProto(published.durability()))
                .setDuplicate(published.isDuplicate())
                .build();
    }
}
