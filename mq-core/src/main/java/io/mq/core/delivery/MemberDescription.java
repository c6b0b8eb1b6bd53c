package io.mq.core.delivery;

import java.time.Instant;
import java.util.Map;

/**
 * A live member of a consumer group.
 *
 * @param topic the topic that it subscribes to
 * @param positions for each partition that it reads, the next offset that it will be sent
 */
public record MemberDescription(
        String consumerId, String client, String topic, Instant joinedAt, Map<Integer, Long> positions) {}
