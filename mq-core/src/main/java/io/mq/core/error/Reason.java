package io.mq.core.error;

/**
 * Why a call failed: the stable, documented names that clients may switch on. A name is never reused and never changes
 * its meaning; {@code docs/reference/errors.md} lists them all.
 */
public enum Reason {
    TOPIC_NOT_FOUND(Kind.NOT_FOUND),
    PARTITION_NOT_FOUND(Kind.NOT_FOUND),
    GROUP_NOT_FOUND(Kind.NOT_FOUND),
    TOPIC_EXISTS(Kind.ALREADY_EXISTS),
    INVALID_NAME(Kind.INVALID_ARGUMENT),
    INVALID_FIELD(Kind.INVALID_ARGUMENT),
    INVALID_BATCH(Kind.INVALID_ARGUMENT),
    MESSAGE_TOO_LARGE(Kind.INVALID_ARGUMENT),
    HEADERS_TOO_LARGE(Kind.INVALID_ARGUMENT),
    OFFSET_OUT_OF_RANGE(Kind.OUT_OF_RANGE),
    GROUP_HAS_MEMBERS(Kind.FAILED_PRECONDITION),
    DURABILITY_NOT_AVAILABLE(Kind.FAILED_PRECONDITION),
    SEQUENCE_GAP(Kind.FAILED_PRECONDITION),
    SEQUENCE_FORGOTTEN(Kind.ALREADY_EXISTS),
    PRODUCER_NOT_FOUND(Kind.NOT_FOUND),
    PRODUCER_FENCED(Kind.ABORTED),
    MEMBER_FENCED(Kind.ABORTED),
    SUBSCRIBER_STALLED(Kind.ABORTED),
    TOPIC_DELETED(Kind.ABORTED),
    COMMIT_FENCED(Kind.ABORTED),
    LIMIT_REACHED(Kind.RESOURCE_EXHAUSTED),
    BROKER_BUSY(Kind.RESOURCE_EXHAUSTED),
    DISK_FULL(Kind.RESOURCE_EXHAUSTED),
    JOURNAL_FAILED(Kind.UNAVAILABLE),
    NOT_LEADER(Kind.UNAVAILABLE),
    SHUTTING_DOWN(Kind.UNAVAILABLE),
    OUTCOME_UNKNOWN(Kind.OUTCOME_UNKNOWN),
    CORRUPT_DATA(Kind.DATA_LOSS),
    INTERNAL(Kind.INTERNAL);

    private final Kind kind;

    Reason(Kind kind) {
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
