package io.mq.client;

import io.grpc.Status;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What went wrong, as the server or this client says it. {@link #reason} is a stable name to switch on: those of the
 * server are in {@code docs/reference/errors.md}, the client's own are the constants here.
 */
public final class MqException extends RuntimeException {

    /** The producer, consumer or client was closed. */
    public static final String CLIENT_CLOSED = "CLIENT_CLOSED";

    /** The producer's buffer was full for longer than a send may wait. */
    public static final String BUFFER_FULL = "BUFFER_FULL";

    /** The message was not sent in time; it is not stored. */
    public static final String DELIVERY_TIMEOUT = "DELIVERY_TIMEOUT";

    /** The server did not answer in time; whether anything was done is unknown. */
    public static final String OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN";

    /** Another consumer of the group has or had the partition. */
    public static final String PARTITION_LOST = "PARTITION_LOST";

    /** For an error that has no reason of its own, such as a connection that cannot be made. */
    public static final String NONE = "";

    private final Status.Code code;
    private final String reason;
    private final boolean retryable;
    private final boolean outcomeUnknown;
    private final transient Optional<Duration> retryAfter;
    private final transient Map<String, String> metadata;

    MqException(
            Status.Code code,
            String reason,
            String message,
            boolean retryable,
            boolean outcomeUnknown,
            Optional<Duration> retryAfter,
            Map<String, String> metadata,
            Throwable cause) {
        super(reason.isEmpty() ? code + ": " + message : code + " " + reason + ": " + message, cause);
        this.code = code;
        this.reason = reason;
        this.retryable = retryable;
        this.outcomeUnknown = outcomeUnknown;
        this.retryAfter = retryAfter;
        this.metadata = metadata;
    }

    public Status.Code code() {
        return code;
    }

    /** A stable name, or {@link #NONE}. */
    public String reason() {
        return reason;
    }

    /** Whether the same may succeed later. Where the outcome is unknown as well, it may then have happened twice. */
    public boolean isRetryable() {
        return retryable;
    }

    /** Whether what was asked for may have been done in spite of this. Otherwise, nothing was changed. */
    public boolean isOutcomeUnknown() {
        return outcomeUnknown;
    }

    /** How long to wait before another attempt, where the server said so. */
    public Optional<Duration> retryAfter() {
        return retryAfter == null ? Optional.empty() : retryAfter;
    }

    /** The facts behind the text. */
    public Map<String, String> metadata() {
        return metadata == null ? Map.of() : metadata;
    }

    MqException withUnknownOutcome() {
        return outcomeUnknown
                ? this
                : new MqException(
                        code,
                        reason,
                        getMessage() + " (whether it was stored is unknown)",
                        retryable,
                        true,
                        retryAfter,
                        metadata,
                        this);
    }
}
