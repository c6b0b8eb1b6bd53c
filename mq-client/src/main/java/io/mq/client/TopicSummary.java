package io.mq.client;

/**
 * A topic in a list.
 *
 * @param messages kept in all partitions
 * @param bytes stored in all partitions
 */
public record TopicSummary(String name, int partitions, long messages, long bytes) {

    static TopicSummary of(io.mq.proto.TopicSummary proto) {
        return new TopicSummary(proto.getName(), proto.getPartitions(), proto.getMessages(), proto.getBytes());
    }
}
