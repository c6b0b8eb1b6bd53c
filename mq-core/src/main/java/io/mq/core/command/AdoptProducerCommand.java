package io.mq.core.command;

import java.time.Instant;

/**
 * Tells a shard of a producer's life that has begun in the catalog, which is another shard's: batches of an earlier one
 * are refused from now on. Refused where the shard knows of a later one.
 *
 * @param epoch of that life
 * @param topicId the topic that it is going to write to
 */
public record AdoptProducerCommand(long producerId, int epoch, int topicId, Instant openedAt)
        implements Command<OpenProducerCommand.Opened> {}
