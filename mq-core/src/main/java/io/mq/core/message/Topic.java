package io.mq.core.message;

import java.time.Instant;

/**
 * A topic as the catalog knows it. Immutable; an alteration makes a new one with the same id.
 *
 * @param id never used again after a delete
 * @param segmentBytes the size at which a partition's log starts a new segment; fixed at creation, since replicas that
 *     disagreed on it would store different files
 */
public record Topic(int id, String name, int partitions, TopicConfig config, int segmentBytes, Instant createdAt) {

    public PartitionId partition(int partition) {
        return new PartitionId(id, partition);
    }

    /** This topic with more partitions or another configuration. */
    public Topic with(int newPartitions, TopicConfig newConfig) {
        return new Topic(id, name, newPartitions, newConfig, segmentBytes, createdAt);
    }
}
