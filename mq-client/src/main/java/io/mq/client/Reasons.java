package io.mq.client;

/** Reasons of the server that make this client do something of its own. All are in {@code docs/reference/errors.md}. */
final class Reasons {

    /** Something in the batch is not as it must be. */
    static final String INVALID_BATCH = "INVALID_BATCH";

    /** Another stream of the same producer was opened. */
    static final String PRODUCER_FENCED = "PRODUCER_FENCED";

    /** The batch before is not stored. */
    static final String SEQUENCE_GAP = "SEQUENCE_GAP";

    /** The subscription ended because it took nothing for too long. */
    static final String SUBSCRIBER_STALLED = "SUBSCRIBER_STALLED";

    private Reasons() {}
}
