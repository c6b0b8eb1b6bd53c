package io.mq.client;

import io.mq.batch.RecordBatch;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * One assignment of one partition to this consumer: what has come of it and how far the application is. Where the group is
 * moved, another takes its place.
 *
 * <p>Guarded by the {@link ConsumerLock}.
 *
 * <p>Invariant: committed <= processed <= position.
 */
final class AssignedPartition {

    final TopicPartition partition;

    /** Under which the server takes commits. */
    long generation;

    /** Received, not handed out, in order. */
    final Queue<RecordBatch> received = new ArrayDeque<>();

    /** The batch from which messages are being handed out, or null. */
    ConsumedBatch current;

    /** The next offset that the server sends. */
    long expected;

    /** The next offset that the application is handed. What comes below it is passed over. */
    long position;

    /** The next offset that the application is not through with. */
    long processed;

    /** The next offset that the group reads, as far as this consumer knows. */
    long committed;

    /** Up to where a commit was asked for; what came of it may not be known. */
    long commitAsked;

    /** Bytes of what was received and not handed out. */
    long receivedBytes;

    /** The application has been told of the assignment, so that messages may follow. */
    boolean announced;

    boolean paused;

    /** Something was dropped, because it is damaged or the partition paused: it has to be asked for again. */
    boolean hasHole;

    /** Nothing more is handed out: another consumer is to have it. */
    boolean revoked;

    /** A seek is under way: what was received before it is not handed out any more. */
    boolean soughtAway;

    /** In the line of those that may have messages to hand out. */
    boolean inLine;

    AssignedPartition(TopicPartition partition, long generation, long offset) {
        this.partition = partition;
        this.generation = generation;
        this.expected = offset;
        this.position = offset;
        this.processed = offset;
        this.committed = offset;
        this.commitAsked = offset;
    }

    /**
     * Goes on, on a new stream.
     *
     * @param offset at which the server begins, which may be behind what was handed out
     */
    void resume(long nextGeneration, long offset) {
        generation = nextGeneration;
        expected = offset;
        committed = offset;
        commitAsked = offset;
        if (offset > position) {
            current = null;
            position = offset;
            processed = offset;
        }
    }

    /**
     * Whether this consumer alone has had the partition since, and nobody has moved the group: the generation is the next
     * one, and the offset is one that it has committed, or may have.
     */
    boolean isContinuedBy(long nextGeneration, long offset) {
        return nextGeneration == generation + 1 && offset >= committed && offset <= Math.max(committed, commitAsked);
    }

    /** What was received and not looked into is not to be handed out. */
    void dropReceived() {
        received.clear();
        receivedBytes = 0;
    }

    boolean hasMessages() {
        return announced && !paused && !revoked && (current != null || !received.isEmpty());
    }

    /**
     * The same assignment from another offset on: the group was moved. What still refers to this one is outdated.
     */
    AssignedPartition movedTo(long offset) {
        AssignedPartition moved = new AssignedPartition(partition, generation, offset);
        moved.announced = announced;
        moved.paused = paused;
        return moved;
    }
}
