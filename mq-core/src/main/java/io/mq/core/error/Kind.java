package io.mq.core.error;

/**
 * What a {@link Reason} means to a caller, in the vocabulary of gRPC's canonical codes. Each edge maps a kind to its
 * own status in one place.
 */
public enum Kind {
    NOT_FOUND,
    ALREADY_EXISTS,
    INVALID_ARGUMENT,
    OUT_OF_RANGE,
    FAILED_PRECONDITION,
    ABORTED,
    RESOURCE_EXHAUSTED,
    UNAVAILABLE,
    OUTCOME_UNKNOWN,
    DATA_LOSS,
    INTERNAL
}
