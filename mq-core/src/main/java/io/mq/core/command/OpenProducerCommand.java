package io.mq.core.command;

import java.time.Instant;
import java.util.Map;

/**
 * Begins another life of a producer: its epoch rises, and batches of an earlier one are refused from now on.
 *
 * @param topicId the topic that it is going to write to
 */
public record OpenProducerCommand(long producerId, int topicId, Instant openedAt)
        implements Command<OpenProducerCommand.Opened> {

    /**
     * @param epoch what its batches are to carry
     * @param nextSequences by partition of the topic; a partition that has nothing of this producer is not there
     */
    public record Opened(int epoch, Map<Integer, Integer> nextSequences) {}
}
