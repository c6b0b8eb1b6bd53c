package io.mq.ejb.cluster;

import io.mq.core.broker.Engine;
import io.mq.core.cluster.KnownLeadership;

/**
 * A node's part in one shard, but for what is decided about it.
 *
 * @param membership who keeps replicas and who leads
 * @param leadership what the broker is told of that
 * @param engine what this node's replica drives
 * @param lender lends its checkpoints to others
 * @param fetcher fetches theirs
 */
record ShardSeat(
        ShardMembership membership,
        KnownLeadership leadership,
        Engine engine,
        SnapshotLender lender,
        SnapshotFetcher fetcher) {

    String shard() {
        return membership.shard();
    }
}
