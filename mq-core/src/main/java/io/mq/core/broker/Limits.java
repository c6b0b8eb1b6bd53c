package io.mq.core.broker;

import io.mq.core.config.Configuration;
import io.mq.core.config.Settings;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.Topic;
import java.util.Map;

/** Bounds on what clients may send and keep; each is a configuration key of the same name. */
public record Limits(
        int messageBytesMax,
        int headerBytesMax,
        int headersMax,
        int keyBytesMax,
        int nameCharsMax,
        int metadataCharsMax,
        int topicsMax,
        int topicPartitionsMax,
        int partitionsMax,
        int groupsMax,
        int producersMax,
        int producerPartitionsMax) {

    /** Batches of small messages are sent in pieces of this size where messages may be no larger. */
    private static final int BATCH_BYTES = 1 << 20;

    /** A message's command and batch headers, with room to spare. */
    static final int OVERHEAD_BYTES = 64 << 10;

    public static Limits from(Configuration configuration) {
        return new Limits(
                Math.toIntExact(configuration.get(Settings.MESSAGE_BYTES_MAX)),
                Math.toIntExact(configuration.get(Settings.HEADER_BYTES_MAX)),
                configuration.get(Settings.HEADERS_MAX),
                Math.toIntExact(configuration.get(Settings.KEY_BYTES_MAX)),
                configuration.get(Settings.NAME_CHARS_MAX),
                configuration.get(Settings.METADATA_CHARS_MAX),
                configuration.get(Settings.TOPICS_MAX),
                configuration.get(Settings.TOPIC_PARTITIONS_MAX),
                configuration.get(Settings.PARTITIONS_MAX),
                configuration.get(Settings.GROUPS_MAX),
                configuration.get(Settings.PRODUCERS_MAX),
                configuration.get(Settings.PRODUCER_PARTITIONS_MAX));
    }

    /** The largest batch, in bytes: one message of any size fits. */
    int batchBytesMax() {
        return Math.max(BATCH_BYTES, messageBytesMax) + OVERHEAD_BYTES;
    }

    /** The largest message that a topic takes, in bytes. */
    int messageBytesMax(Topic topic) {
        return Math.min(topic.config().messageBytesMax().orElse(messageBytesMax), messageBytesMax);
    }

    static BrokerException reached(String what, long max, String key) {
        return BrokerException.of(
                Reason.LIMIT_REACHED,
                "%s would exceed the limit of %d; delete some or raise %s".formatted(what, max, key),
                Map.of("limit", key, "max", Long.toString(max)));
    }
}
