package io.mq.core.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicConfigTest {

    private static TopicConfig retention(Duration retention) {
        return new TopicConfig(Optional.of(retention), OptionalLong.empty(), OptionalInt.empty(), Optional.empty());
    }

    private static TopicConfig bytes(long retentionBytes) {
        return new TopicConfig(
                Optional.empty(), OptionalLong.of(retentionBytes), OptionalInt.empty(), Optional.empty());
    }

    private static TopicConfig messageMax(int bytes) {
        return new TopicConfig(Optional.empty(), OptionalLong.empty(), OptionalInt.of(bytes), Optional.empty());
    }

    private static TopicConfig validating(boolean validateCompressed) {
        return new TopicConfig(
                Optional.empty(), OptionalLong.empty(), OptionalInt.empty(), Optional.of(validateCompressed));
    }

    private static void assertRefused(Runnable making, String field) {
        BrokerException refusal = catchThrowableOfType(BrokerException.class, making::run);
        assertThat(refusal.reason()).isEqualTo(Reason.INVALID_FIELD);
        assertThat(refusal.metadata()).containsEntry("field", field);
        assertThat(refusal).hasMessageContaining(field);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT0.0009S", "PT9223372036854775807S", "PT-9223372036854775807S"})
    void retentionThatCannotBeKeptIsRefused(Duration retention) {
        assertRefused(() -> retention(retention), "config.retention");
    }

    @Test
    void shortestAndLongestRetentionAreAllowed() {
        assertThat(retention(Duration.ofMillis(1)).retention()).hasValue(Duration.ofMillis(1));
        assertThat(retention(TopicConfig.FOREVER).retention()).hasValue(TopicConfig.FOREVER);
    }

    /** The journal keeps milliseconds: a config that knew more would be another one after a restart. */
    @Test
    void retentionIsKeptInWholeMilliseconds() {
        assertThat(retention(Duration.ofNanos(1_500_000))).isEqualTo(retention(Duration.ofMillis(1)));
    }

    @Test
    void bytesMustBePositive() {
        assertRefused(() -> bytes(0), "config.retention_bytes");
        assertRefused(() -> bytes(-1), "config.retention_bytes");
        assertRefused(() -> messageMax(0), "config.message_bytes_max");
        assertRefused(() -> messageMax(Integer.MIN_VALUE), "config.message_bytes_max");
    }

    @Test
    void changeSetsWhatItSaysAndLeavesTheRest() {
        TopicConfig present = new TopicConfig(
                Optional.of(Duration.ofDays(1)), OptionalLong.of(1000), OptionalInt.of(100), Optional.of(true));
        assertThat(present.with(TopicConfig.DEFAULTS)).isEqualTo(present);
        assertThat(present.with(retention(Duration.ofDays(2))))
                .isEqualTo(new TopicConfig(
                        Optional.of(Duration.ofDays(2)),
                        OptionalLong.of(1000),
                        OptionalInt.of(100),
                        Optional.of(true)));
        assertThat(present.with(bytes(5)).retentionBytes()).hasValue(5);
        assertThat(present.with(messageMax(7)).messageBytesMax()).hasValue(7);
        assertThat(present.with(validating(false)).validateCompressed()).hasValue(false);
        assertThat(TopicConfig.DEFAULTS.with(validating(true))).isEqualTo(validating(true));
    }

    @Test
    void alteredTopicKeepsIdNameSegmentBytesAndCreationTime() {
        Topic topic = new Topic(7, "orders", 1, TopicConfig.DEFAULTS, 4096, Instant.EPOCH);
        assertThat(topic.with(3, bytes(9))).isEqualTo(new Topic(7, "orders", 3, bytes(9), 4096, Instant.EPOCH));
    }

    @Test
    void partitionsAreOrderedByTopicThenNumber() {
        assertThat(new PartitionId(1, 9)).isLessThan(new PartitionId(2, 0));
        assertThat(new PartitionId(2, 1)).isGreaterThan(new PartitionId(2, 0));
        assertThat(MessageId.of(new PartitionId(7, 2), 40)).isEqualTo("7-2-40");
    }
}
