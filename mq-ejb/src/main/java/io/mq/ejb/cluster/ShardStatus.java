package io.mq.ejb.cluster;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A shard as one of its replicas sees it.
 *
 * @param isLeading whether this replica leads and has applied all that earlier leaders have committed
 * @param leader the replica that leads; empty where none is known
 * @param voters the replicas that vote
 * @param end of this replica's log
 * @param matching where this replica leads: for each other, up to where its log is known to be alike
 */
record ShardStatus(
        boolean isLeading,
        long term,
        Optional<String> leader,
        Set<String> voters,
        LogEnd end,
        Map<String, Long> matching) {}
