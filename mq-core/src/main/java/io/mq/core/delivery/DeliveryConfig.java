package io.mq.core.delivery;

import java.time.Duration;

/**
 * Bounds of delivery.
 *
 * @param stallTimeout how long a group member may leave messages waiting before others get its partitions
 * @param subscriptionsMax open subscriptions on this node
 * @param groupsMax groups with members on this node
 * @param groupMembersMax members of one group in one topic
 */
public record DeliveryConfig(Duration stallTimeout, int subscriptionsMax, int groupsMax, int groupMembersMax) {}
