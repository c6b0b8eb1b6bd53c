package io.mq.core.broker;

import io.mq.batch.Partitioner;
import io.mq.batch.Record;
import io.mq.batch.Record.Header;
import io.mq.batch.RecordBatch;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.state.Catalog;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * Takes messages: checks them, chooses their partition, and has them journaled.
 *
 * <p>Safe for use by any thread; nothing here waits.
 */
public final class Publisher {

    private final Topics topics;
    private final Shards shards;
    private final Appender appender;
    private final Limits limits;
    private final Partitioner partitioner = new Partitioner();

    Publisher(Topics topics, Shards shards, Appender appender, Limits limits) {
        this.topics = topics;
        this.shards = shards;
        this.appender = appender;
        this.limits = limits;
    }

    /**
     * Publishes one message. The future completes when the message is as durable as {@link Published#durability} says,
     * and readers can see it.
     *
     * @throws BrokerException where the request is refused at once; a later refusal fails the future
     */
    public CompletableFuture<Published> publish(PublishRequest request) {
        return shards.withTopic(request.topic(), topic -> publish(topic, request));
    }

    private CompletableFuture<Published> publish(Topic topic, PublishRequest request) {
        appender.requireAvailable(request.durability());
        requireWithinLimits(topic, request.record());
        if (request.isDeadLetter()) {
            return topics.createDeadLetterTopic(topic)
                    .thenCompose(dlq -> append(dlq, OptionalInt.empty(), request.record()));
        }
        return append(topic, request.partition(), request.record());
    }

    private void requireWithinLimits(Topic topic, Record record) {
        int messageBytesMax = limits.messageBytesMax(topic);
        require(
                record.sizeInBytes() <= messageBytesMax,
                Reason.MESSAGE_TOO_LARGE,
                "payload",
                "the message has",
                record.sizeInBytes(),
                messageBytesMax,
                "mq.limits.message-bytes-max or the topic's message_bytes_max");
        require(
                record.headerBytes() <= limits.headerBytesMax(),
                Reason.HEADERS_TOO_LARGE,
                "headers",
                "the headers have",
                record.headerBytes(),
                limits.headerBytesMax(),
                "mq.limits.header-bytes-max");
        int keyBytes = record.key().map(ByteBuffer::remaining).orElse(0);
        require(
                keyBytes <= limits.keyBytesMax(),
                Reason.MESSAGE_TOO_LARGE,
                "key",
                "the key has",
                keyBytes,
                limits.keyBytesMax(),
                "mq.limits.key-bytes-max");
        requireHeaderCount(record.headers());
    }

    private static void require(
            boolean condition, Reason reason, String field, String whatHas, int bytes, int max, String key) {
        if (!condition) {
            throw BrokerException.of(
                    reason,
                    "%s %d bytes, at most %d are allowed; send less or raise %s".formatted(whatHas, bytes, max, key),
                    Map.of("field", field, "bytes", Integer.toString(bytes), "max", Integer.toString(max)));
        }
    }

    private void requireHeaderCount(List<Header> headers) {
        if (headers.size() > limits.headersMax()) {
            throw BrokerException.of(
                    Reason.HEADERS_TOO_LARGE,
                    "the message has %d headers, at most %d are allowed; send fewer or raise mq.limits.headers-max"
                            .formatted(headers.size(), limits.headersMax()),
                    Map.of("field", "headers", "max", Integer.toString(limits.headersMax())));
        }
    }

    private CompletableFuture<Published> append(Topic topic, OptionalInt wanted, Record record) {
        PartitionId partition = wanted.isPresent()
                ? Catalog.require(topic, wanted.getAsInt())
                : topic.partition(partitioner.choose(record.key(), topic.partitions()));
        return appender.append(topic, partition, RecordBatch.of(List.of(record)));
    }
}
