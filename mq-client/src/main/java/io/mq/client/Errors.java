package io.mq.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.protobuf.StatusProto;
import io.mq.proto.Failed;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** The one place that turns statuses, and what the client itself finds wrong, into exceptions. */
final class Errors {

    private Errors() {}

    /** How a call ended; the details are in its trailers. */
    static MqException of(Status status, Metadata trailers) {
        String reason = MqException.NONE;
        Map<String, String> metadata = Map.of();
        Optional<Duration> retryAfter = Optional.empty();
        com.google.rpc.Status details = StatusProto.fromStatusAndTrailers(status, trailers);
        try {
            for (Any detail : details.getDetailsList()) {
                if (detail.is(ErrorInfo.class)) {
                    ErrorInfo info = detail.unpack(ErrorInfo.class);
                    reason = info.getReason();
                    metadata = info.getMetadataMap();
                } else if (detail.is(RetryInfo.class)) {
                    retryAfter =
                            Optional.of(Times.of(detail.unpack(RetryInfo.class).getRetryDelay()));
                }
            }
        } catch (InvalidProtocolBufferException e) {
            metadata = Map.of("details", e.toString());
        }
        return new MqException(
                status.getCode(),
                reason,
                text(status),
                isRetryable(status.getCode()),
                isUnknown(status.getCode()),
                retryAfter,
                metadata,
                status.getCause());
    }

    /** Why there is no connection, gRPC says only in the cause. */
    private static String text(Status status) {
        String description = status.getDescription() == null ? "no more is known" : status.getDescription();
        return status.getCode() == Code.UNAVAILABLE && status.getCause() != null
                ? description + ": " + status.getCause()
                : description;
    }

    static MqException of(Throwable failure) {
        if (failure instanceof MqException known) {
            return known;
        }
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return of(failure.getCause());
        }
        Metadata trailers = Status.trailersFromThrowable(failure);
        return of(Status.fromThrowable(failure), trailers == null ? new Metadata() : trailers);
    }

    static MqException of(Failed failed) {
        return new MqException(
                Status.fromCodeValue(failed.getCode()).getCode(),
                failed.getReason(),
                failed.getMessage(),
                failed.getRetryable(),
                failed.getReason().equals(MqException.OUTCOME_UNKNOWN),
                failed.hasRetryAfter() ? Optional.of(Times.of(failed.getRetryAfter())) : Optional.empty(),
                Map.of(),
                null);
    }

    /** What another attempt, on another connection or a little later, may cure. */
    static boolean isRetryable(Code code) {
        return switch (code) {
            case OK, CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, INTERNAL, UNAVAILABLE -> true;
            case INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    FAILED_PRECONDITION,
                    ABORTED,
                    OUT_OF_RANGE,
                    UNIMPLEMENTED,
                    DATA_LOSS,
                    UNAUTHENTICATED -> false;
        };
    }

    private static boolean isUnknown(Code code) {
        return switch (code) {
            case CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, INTERNAL, UNAVAILABLE -> true;
            default -> false;
        };
    }

    private static MqException own(Code code, String reason, String message, boolean retryable, boolean unknown) {
        return new MqException(code, reason, message, retryable, unknown, Optional.empty(), Map.of(), null);
    }

    static MqException closed(String what) {
        return own(Code.CANCELLED, MqException.CLIENT_CLOSED, what + " is closed", false, false);
    }

    /** @param last why the last attempt failed, or null */
    static MqException noServer(Duration deadline, MqException last) {
        String text = "the server does not answer within " + deadline;
        return of(
                Status.DEADLINE_EXCEEDED
                        .withDescription(last == null ? text : text + "; the last attempt: " + last.getMessage())
                        .withCause(last),
                new Metadata());
    }

    static MqException bufferFull(long bytesMax) {
        return own(
                Code.RESOURCE_EXHAUSTED,
                MqException.BUFFER_FULL,
                "%d bytes of messages wait to be stored, which is the most that may".formatted(bytesMax),
                true,
                false);
    }

    static MqException notSent(Duration timeout) {
        return own(
                Code.DEADLINE_EXCEEDED,
                MqException.DELIVERY_TIMEOUT,
                "not stored within %s; it is not stored and will not be".formatted(timeout),
                true,
                false);
    }

    static MqException outcomeUnknown(Duration timeout) {
        return own(
                Code.DEADLINE_EXCEEDED,
                MqException.OUTCOME_UNKNOWN,
                "sent but not confirmed within %s; it may be stored or not, and sending it anew may store it twice"
                        .formatted(timeout),
                true,
                true);
    }

    static MqException tooLarge(long size, long sizeMax) {
        return own(
                Code.INVALID_ARGUMENT,
                "MESSAGE_TOO_LARGE",
                "the message takes %d bytes in a batch, at most %d are allowed".formatted(size, sizeMax),
                false,
                false);
    }

    static MqException noPartition(String topic, int partition, int partitions) {
        return own(
                Code.NOT_FOUND,
                "PARTITION_NOT_FOUND",
                "topic %s has partitions 0 to %d, not %d".formatted(topic, partitions - 1, partition),
                false,
                false);
    }

    static MqException partitionLost(TopicPartition partition) {
        return own(
                Code.ABORTED,
                MqException.PARTITION_LOST,
                partition + " is not this consumer's any more; what it has not committed is delivered again",
                false,
                false);
    }

    static MqException corrupt(TopicPartition partition, String damage) {
        return own(Code.DATA_LOSS, "CORRUPT_DATA", "received of %s: %s".formatted(partition, damage), true, false);
    }
}
