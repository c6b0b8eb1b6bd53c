package io.mq.client;

import java.util.Optional;

/**
 * Where a message was stored.
 *
 * @param durability what it survives by now; of a duplicate the server does not say
 * @param duplicate whether the server had stored it before this answer was sent: an earlier answer was lost on its way.
 *     The message is stored once all the same.
 */
public record Published(int partition, long offset, Optional<Durability> durability, boolean duplicate) {}
