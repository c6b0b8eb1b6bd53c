package io.mq.core.command;

import java.time.Instant;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Begins another life of a producer: its epoch rises, and batches of an earlier one are refused from now on.
 *
 * @param topicId the topic that it is going to write to
 * @param after the epoch of the life that this one is to follow, refused where there has been another since; empty where it
 *     follows whichever there was
 */
public record OpenProducerCommand(long producerId, int topicId, Instant openedAt, OptionalInt after)
        implements Command<OpenProducerCommand.Opened> {

    /** Follows whichever life there was. */
    public OpenProducerCommand(long producerId, int topicId, Instant openedAt) {
        this(producerId, topicId, openedAt, OptionalInt.empty());
    }

    /**
     * @param epoch what its batches are to carry
     * @param nextSequences by partition of the topic; a partition that has nothing of this producer is not there
     */
    public record Opened(int epoch, Map<Integer, Integer> nextSequences) {}
}
