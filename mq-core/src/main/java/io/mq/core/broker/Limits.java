package io.mq.core.broker;

import io.mq.core.config.Configuration;
import io.mq.core.config.Settings;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
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
        int groupsMax) {

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
                configuration.get(Settings.GROUPS_MAX));
    }

    static BrokerException reached(String what, long max, String key) {
        return BrokerException.of(
                Reason.LIMIT_REACHED,
                "%s would exceed the limit of %d; delete some or raise %s".formatted(what, max, key),
                Map.of("limit", key, "max", Long.toString(max)));
    }
}
