package io.mq.client;

import io.mq.proto.TopicConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a topic sets for itself. What is empty follows the broker's configuration, also when that changes.
 *
 * @param retention how long a message is kept at least; zero for ever
 * @param retentionBytes how many stored bytes each partition keeps at least; 0 for no limit
 * @param messageBytesMax the largest message that is taken: key, payload and headers together
 * @param validateCompressed whether a compressed batch is restored and looked into before it is stored
 */
public record TopicSettings(
        Optional<Duration> retention,
        OptionalLong retentionBytes,
        OptionalInt messageBytesMax,
        Optional<Boolean> validateCompressed) {

    /** Sets nothing. */
    public static final TopicSettings NONE =
            new TopicSettings(Optional.empty(), OptionalLong.empty(), OptionalInt.empty(), Optional.empty());

    static TopicSettings of(TopicConfig config) {
        return new TopicSettings(
                config.hasRetention() ? Optional.of(Times.of(config.getRetention())) : Optional.empty(),
                config.hasRetentionBytes() ? OptionalLong.of(config.getRetentionBytes()) : OptionalLong.empty(),
                config.hasMessageBytesMax() ? OptionalInt.of(config.getMessageBytesMax()) : OptionalInt.empty(),
                config.hasValidateCompressed() ? Optional.of(config.getValidateCompressed()) : Optional.empty());
    }

    TopicConfig toProto() {
        TopicConfig.Builder config = TopicConfig.newBuilder();
        retention.ifPresent(duration -> config.setRetention(Times.toProto(duration)));
        retentionBytes.ifPresent(config::setRetentionBytes);
        messageBytesMax.ifPresent(config::setMessageBytesMax);
        validateCompressed.ifPresent(config::setValidateCompressed);
        return config.build();
    }
}
