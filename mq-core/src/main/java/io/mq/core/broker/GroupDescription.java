package io.mq.core.broker;

import io.mq.core.delivery.MemberDescription;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A consumer group: who is in it and how far it has come.
 *
 * @param partitions of all topics in which it has members or committed offsets
 */
public record GroupDescription(String group, List<MemberDescription> members, List<GroupPartition> partitions) {

    /**
     * A group's progress in one partition.
     *
     * @param committed the next offset that the group will read; empty where nothing is committed
     * @param end the offset that the next message gets
     * @param lag kept messages that the group has not committed
     * @param owner the consumer that reads it now
     * @param position the next offset that the owner will be sent
     */
    public record GroupPartition(
            String topic,
            int partition,
            OptionalLong committed,
            String metadata,
            Optional<Instant> committedAt,
            long end,
            long lag,
            Optional<String> owner,
            OptionalLong position) {}

    /** Uncommitted messages in all partitions. */
    public long lag() {
        return partitions.stream().mapToLong(GroupPartition::lag).sum();
    }
}
