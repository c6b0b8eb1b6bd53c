package io.mq.grpc;

import com.google.protobuf.Timestamp;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Times and time spans as protobuf has them, and back. Source of the bounds: timestamp.proto and duration.proto. */
final class Times {

    private static final long TIMESTAMP_SECONDS_MIN = -62_135_596_800L;
    private static final long TIMESTAMP_SECONDS_MAX = 253_402_300_799L;
    private static final long DURATION_SECONDS_MAX = 315_576_000_000L;
    private static final int NANOS_MAX = 999_999_999;

    private Times() {}

    static Timestamp toProto(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    static Timestamp toProto(long epochMillis) {
        return Timestamp.newBuilder()
                .setSeconds(Math.floorDiv(epochMillis, 1000L))
                .setNanos((int) Math.floorMod(epochMillis, 1000L) * 1_000_000)
                .build();
    }

    static com.google.protobuf.Duration toProto(Duration duration) {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }

    /** @throws BrokerException {@link Reason#INVALID_FIELD} where it is no time between the years 1 and 9999 */
    static Instant instant(String field, Timestamp time) {
        requireWithin(field, time.getSeconds(), TIMESTAMP_SECONDS_MIN, TIMESTAMP_SECONDS_MAX, time.getNanos());
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    /** @throws BrokerException {@link Reason#INVALID_FIELD} where it is negative or longer than 10,000 years */
    static Duration duration(String field, com.google.protobuf.Duration duration) {
        requireWithin(field, duration.getSeconds(), 0, DURATION_SECONDS_MAX, duration.getNanos());
        return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
    }

    private static void requireWithin(String field, long seconds, long min, long max, int nanos) {
        if (seconds < min || seconds > max || nanos < 0 || nanos > NANOS_MAX) {
            throw BrokerException.of(
                    Reason.INVALID_FIELD,
                    "%s must have %d to %d seconds and 0 to %d nanos, found %d and %d"
                            .formatted(field, min, max, NANOS_MAX, seconds, nanos),
                    Map.of("field", field));
        }
    }
}
