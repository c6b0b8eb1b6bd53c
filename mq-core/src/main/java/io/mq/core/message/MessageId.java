package io.mq.core.message;

/**
 * The name of a stored message: {@code <topic id>-<partition>-<offset>}. Unique for the life of a data directory, since
 * ids of topics are never used again, and needs no room in the log.
 */
public final class MessageId {

    private MessageId() {}

    public static String of(PartitionId partition, long offset) {
        return partition.topicId() + "-" + partition.partition() + "-" + offset;
    }
}
