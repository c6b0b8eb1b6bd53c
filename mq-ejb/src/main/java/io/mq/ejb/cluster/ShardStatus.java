package io.mq.ejb.cluster;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A shard as one of its replicas sees it.
 *
 * @param isLeading whether this replica leads and has applied all that earlier leaders have committed
 * @param leader the replica that leads; empty where none is known
 * @param voters the replicas that vote, each with its address
 * @param lastTerm of the last entry in this replica's log
 * @param lastIndex of the last entry in this replica's log
 * @param committed the last entry that this replica knows to be on a majority's disks
 * @param applied the last entry whose effect is in this replica's state
 * @param matching where this replica leads: for each other, up to where its log is known to be alike
 */
record ShardStatus(
        boolean isLeading,
        long term,
        Optional<String> leader,
        SortedMap<String, String> voters,
        long lastTerm,
        long lastIndex,
        long committed,
        long applied,
        Map<String, Long> matching) {}
