package io.mq.core.message;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a topic sets for itself. An empty setting follows the broker's default, also when that changes later.
 *
 * @param retention how long a message is kept at least, in whole milliseconds; {@link #FOREVER} for no limit
 * @param retentionBytes how many stored bytes each partition keeps at least; {@link #UNLIMITED} for no limit
 * @param messageBytesMax the largest message that the topic accepts: key, payload and headers together
 * @param validateCompressed whether a compressed batch is restored and looked into before it is stored
 */
public record TopicConfig(
        Optional<Duration> retention,
        OptionalLong retentionBytes,
        OptionalInt messageBytesMax,
        Optional<Boolean> validateCompressed) {

    public static final Duration FOREVER = Duration.ofMillis(Long.MAX_VALUE);
    public static final long UNLIMITED = Long.MAX_VALUE;
    public static final TopicConfig DEFAULTS =
            new TopicConfig(Optional.empty(), OptionalLong.empty(), OptionalInt.empty(), Optional.empty());

    public TopicConfig {
        require("retention", retention.isEmpty() || isKeepable(retention.get()), "be from 1 ms to 2^63-1 ms");
        // The journal keeps milliseconds; more here would not survive a restart.
        retention = retention.map(given -> Duration.ofMillis(given.toMillis()));
        require("retention_bytes", retentionBytes.isEmpty() || retentionBytes.getAsLong() > 0, "be positive");
        require("message_bytes_max", messageBytesMax.isEmpty() || messageBytesMax.getAsInt() > 0, "be positive");
    }

    /** The same as a client writes it: zero stands for no limit. */
    public static TopicConfig asked(
            Optional<Duration> retention,
            OptionalLong retentionBytes,
            OptionalInt messageBytesMax,
            Optional<Boolean> validateCompressed) {
        return new TopicConfig(
                retention.map(age -> age.isZero() ? FOREVER : age),
                retentionBytes.equals(OptionalLong.of(0)) ? OptionalLong.of(UNLIMITED) : retentionBytes,
                messageBytesMax,
                validateCompressed);
    }

    /** The retention as a client reads it: zero for no limit. */
    public Optional<Duration> shownRetention() {
        return retention.map(age -> age.equals(FOREVER) ? Duration.ZERO : age);
    }

    /** The retained bytes as a client reads them: zero for no limit. */
    public OptionalLong shownRetentionBytes() {
        return retentionBytes.equals(OptionalLong.of(UNLIMITED)) ? OptionalLong.of(0) : retentionBytes;
    }

    private static boolean isKeepable(Duration retention) {
        return retention.compareTo(Duration.ofMillis(1)) >= 0 && retention.compareTo(FOREVER) <= 0;
    }

    /** This configuration, changed where {@code change} says something. */
    public TopicConfig with(TopicConfig change) {
        return new TopicConfig(
                change.retention.or(() -> retention),
                change.retentionBytes.isPresent() ? change.retentionBytes : retentionBytes,
                change.messageBytesMax.isPresent() ? change.messageBytesMax : messageBytesMax,
                change.validateCompressed.or(() -> validateCompressed));
    }

    private static void require(String field, boolean condition, String rule) {
        if (!condition) {
            throw BrokerException.of(
                    Reason.INVALID_FIELD, "config." + field + " must " + rule, Map.of("field", "config." + field));
        }
    }
}
