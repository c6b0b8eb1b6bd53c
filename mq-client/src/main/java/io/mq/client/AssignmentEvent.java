package io.mq.client;

/** What happened to a partition of a consumer, for the application. */
record AssignmentEvent(Change change, AssignedPartition partition) {

    enum Change {
        ASSIGNED,
        REVOKED,
        LOST
    }
}
