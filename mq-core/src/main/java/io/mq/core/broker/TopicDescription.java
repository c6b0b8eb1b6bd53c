package io.mq.core.broker;

import io.mq.core.message.Topic;
import java.util.List;

/** A topic and what is in it now. */
public record TopicDescription(Topic topic, List<PartitionDescription> partitions) {

    /**
     * One partition.
     *
     * @param start the first offset that is kept
     * @param end the offset that the next message gets
     * @param bytes stored
     */
    public record PartitionDescription(int partition, long start, long end, long bytes) {}

    /** Messages kept in all partitions. */
    public long messages() {
        return partitions.stream().mapToLong(p -> p.end() - p.start()).sum();
    }

    public long bytes() {
        return partitions.stream().mapToLong(PartitionDescription::bytes).sum();
    }
}
