package io.mq.core.placement;

/**
 * The wish that a node lead a shard. It makes nobody a leader: the shard's replicas vote.
 *
 * @param isHandover whether the present leader is there to hand it over; else the node is to stand for election
 */
public record Nomination(String shard, String node, boolean isHandover) {}
