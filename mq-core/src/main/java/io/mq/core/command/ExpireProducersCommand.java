package io.mq.core.command;

import java.time.Instant;
import java.util.List;

/**
 * Forgets producers that have done nothing for a while.
 *
 * @param idleSince those that have done something at this time or later stay
 */
public record ExpireProducersCommand(List<Long> producerIds, Instant idleSince) implements Command<Integer> {}
