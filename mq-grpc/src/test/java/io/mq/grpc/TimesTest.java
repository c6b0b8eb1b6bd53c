package io.mq.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import java.time.Duration;
import java.time.Instant;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Google's own helpers say what is a time and a time span in protobuf. */
class TimesTest {

    private static Timestamp timestamp(long seconds, int nanos) {
        return Timestamp.newBuilder().setSeconds(seconds).setNanos(nanos).build();
    }

    private static com.google.protobuf.Duration span(long seconds, int nanos) {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(seconds)
                .setNanos(nanos)
                .build();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 999, -999, 1_767_225_600_123L, -62_135_596_800_000L, 253_402_300_799_999L})
    void millisecondsBecomeTheSameTime(long epochMillis) {
        Timestamp time = Times.toProto(epochMillis);

        assertThat(Timestamps.isValid(time)).isTrue();
        assertThat(Timestamps.toMillis(time)).isEqualTo(epochMillis);
        assertThat(time).isEqualTo(Times.toProto(Instant.ofEpochMilli(epochMillis)));
    }

    @Test
    void boundsThemselvesAreTimes() {
        assertThat(Times.instant("f", Timestamps.MIN_VALUE)).isEqualTo(Instant.parse("0001-01-01T00:00:00Z"));
        assertThat(Times.instant("f", Timestamps.MAX_VALUE)).isEqualTo(Instant.parse("9999-12-31T23:59:59.999999999Z"));
    }

    @ParameterizedTest
    @CsvSource({
        "-62135596801, 0",
        "253402300800, 0",
        "0, -1",
        "0, 1000000000",
        "9223372036854775807, 0",
        "-9223372036854775808, 0"
    })
    void whatIsBeyondTheBoundsIsNoTime(long seconds, int nanos) {
        assertThat(Timestamps.isValid(timestamp(seconds, nanos))).isFalse();
        assertRefused("start.time", () -> Times.instant("start.time", timestamp(seconds, nanos)));
    }

    @Test
    void timeSpanIsTakenToTheNanosecond() {
        assertThat(Times.duration("f", span(90, 1))).isEqualTo(Duration.ofSeconds(90, 1));
        assertThat(Times.duration("f", span(0, 0))).isEqualTo(Duration.ZERO);
        assertThat(Times.toProto(Duration.ofMillis(1500))).isEqualTo(Durations.fromMillis(1500));
    }

    @Test
    void longestTimeSpanHasMillisecondsThatAreCountedWithoutOverflow() {
        Duration longest = Times.duration("f", span(315_576_000_000L, 999_999_999));

        assertThat(longest.toMillis()).isEqualTo(315_576_000_000_999L);
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "0, -1", "315576000001, 0", "0, 1000000000", "9223372036854775807, 999999999"})
    void negativeAndEndlessTimeSpansAreRefused(long seconds, int nanos) {
        assertRefused("config.retention", () -> Times.duration("config.retention", span(seconds, nanos)));
    }

    private static void assertRefused(String field, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(BrokerException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.INVALID_FIELD);
                    assertThat(e.metadata()).containsEntry("field", field);
                })
                .hasMessageContaining(field);
    }
}
