package io.mq.client;

import io.mq.proto.PartitionDescription;
import io.mq.proto.TopicDescription;
import java.time.Instant;
import java.util.List;

/**
 * A topic as it was when the broker answered.
 *
 * @param id never used again: a topic that is deleted and created anew has another one
 * @param messages kept in all partitions
 * @param bytes stored in all partitions
 */
public record TopicInfo(
        String name,
        int id,
        TopicSettings settings,
        Instant createdAt,
        List<Partition> partitions,
        long messages,
        long bytes) {

    /**
     * @param startOffset the oldest that is kept
     * @param endOffset that the next message gets
     */
    public record Partition(int partition, long startOffset, long endOffset, long bytes) {

        private static Partition of(PartitionDescription proto) {
            return new Partition(proto.getPartition(), proto.getStartOffset(), proto.getEndOffset(), proto.getBytes());
        }
    }

    static TopicInfo of(TopicDescription proto) {
        return new TopicInfo(
                proto.getName(),
                proto.getId(),
                TopicSettings.of(proto.getConfig()),
                Times.of(proto.getCreatedAt()),
                proto.getPartitionsList().stream().map(Partition::of).toList(),
                proto.getMessages(),
                proto.getBytes());
    }
}
