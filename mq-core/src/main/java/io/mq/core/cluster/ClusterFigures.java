package io.mq.core.cluster;

import java.util.List;
import java.util.Map;

/**
 * What a node's part in its cluster comes to, for metrics.
 *
 * @param presentNodes how many nodes are there, this one included
 */
public record ClusterFigures(int presentNodes, List<Shard> shards) {

    /**
     * This node's replica of a shard.
     *
     * @param isLeading whether it leads
     * @param elections terms that have begun since this node's start
     * @param lagEntries by node, where this one leads: how many entries a follower is not known to have
     * @param snapshotBytesReceived of checkpoints taken over from other nodes since this node's start
     * @param snapshotBytesSent of checkpoints lent to other nodes since this node's start
     */
    public record Shard(
            String name,
            boolean isLeading,
            long term,
            long elections,
            Map<String, Long> lagEntries,
            long snapshotBytesReceived,
            long snapshotBytesSent) {}
}
