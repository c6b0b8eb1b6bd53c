package io.mq.core.error;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A call that the broker refused or could not finish. Carries a stable {@link Reason}, a sentence for people (what was
 * wrong, what was expected, what to do next), facts for programs and, where waiting helps, how long to wait.
 *
 * <p>Immutable, and without a stack trace: it is an answer, made in large numbers when a client misbehaves.
 */
public final class BrokerException extends RuntimeException {

    /** About as long as a restart keeps a client waiting at the least. */
    private static final Duration RESTART = Duration.ofSeconds(1);

    /** About as long as it takes to elect a leader. */
    private static final Duration ELECTION = Duration.ofMillis(300);

    private final Reason reason;
    private final Map<String, String> metadata;
    private final Duration retryAfter;

    private BrokerException(
            Reason reason, String message, Map<String, String> metadata, Duration retryAfter, Throwable cause) {
        super(message, cause, false, cause != null);
        this.reason = Objects.requireNonNull(reason);
        this.metadata = Map.copyOf(metadata);
        this.retryAfter = retryAfter;
    }

    public static BrokerException of(Reason reason, String message) {
        return new BrokerException(reason, message, Map.of(), null, null);
    }

    public static BrokerException of(Reason reason, String message, Map<String, String> metadata) {
        return new BrokerException(reason, message, metadata, null, null);
    }

    public static BrokerException caused(Reason reason, String message, Throwable cause) {
        return new BrokerException(reason, message, Map.of(), null, cause);
    }

    /** @param advice what the client may do instead, to end the sentence */
    public static BrokerException shuttingDown(String advice) {
        return of(Reason.SHUTTING_DOWN, "this node is shutting down; " + advice).retryAfter(RESTART);
    }

    /** @param text why this node does not lead, or where the client may turn to */
    public static BrokerException notLeading(String text) {
        return of(Reason.NOT_LEADER, text).retryAfter(ELECTION);
    }

    /** The same failure, with the advice to try again after {@code delay}. */
    public BrokerException retryAfter(Duration delay) {
        return new BrokerException(reason, getMessage(), metadata, Objects.requireNonNull(delay), getCause());
    }

    public Reason reason() {
        return reason;
    }

    /** Facts behind the message, by name; for programs. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** How long to wait before the same call may succeed; empty where waiting does not help. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
