package io.mq.core.message;

import java.time.Instant;

/**
 * A topic as the catalog knows it. Immutable; an alteration makes a new one with the same id.
 *
 * @param id never used again after a delete
 * @param segmentBytes the size at which a partition's log starts a new segment; fixed at creation, since replicas that
 *     disagreed on it would store different files
 * @param shards over how many shards its partitions are spread; fixed at creation, since a partition stays where it is
 */
public record Topic(
        int id, String name, int partitions, TopicConfig config, int segmentBytes, Instant createdAt, int shards) {

    /** A topic that has all its partitions in one shard. */
    public Topic(int id, String name, int partitions, TopicConfig config, int segmentBytes, Instant createdAt) {
        this(id, name, partitions, config, segmentBytes, createdAt, 1);
    }

    public PartitionId partition(int partition) {
        return new PartitionId(id, partition);
    }

    /** The shard that holds a partition. Topics of one partition are spread by their ids. */
    public int shardOf(int partition) {
        return (int) (((long) id + partition) % shards);
    }

    /** This topic with more partitions or another configuration. */
    public Topic with(int newPartitions, TopicConfig newConfig) {
        return new Topic(id, name, newPartitions, newConfig, segmentBytes, createdAt, shards);
    }
}
