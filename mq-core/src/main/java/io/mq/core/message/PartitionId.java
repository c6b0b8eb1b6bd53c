package io.mq.core.message;

/**
 * A partition of one incarnation of a topic.
 *
 * @param topicId the catalog's number for the topic; never used again after a delete, so that a topic recreated under
 *     the same name is another one
 * @param partition 0 to the topic's partitions - 1
 */
public record PartitionId(int topicId, int partition) implements Comparable<PartitionId> {

    @Override
    public int compareTo(PartitionId other) {
        int byTopic = Integer.compare(topicId, other.topicId);
        return byTopic != 0 ? byTopic : Integer.compare(partition, other.partition);
    }
}
