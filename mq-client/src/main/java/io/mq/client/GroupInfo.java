package io.mq.client;

import io.mq.proto.DescribeConsumerGroupResponse;
import io.mq.proto.GroupMember;
import io.mq.proto.GroupPartition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A consumer group as it was when the broker answered.
 *
 * @param lag uncommitted messages in all partitions
 */
public record GroupInfo(String name, List<Member> members, List<Progress> partitions, long lag) {

    /** @param client where it is connected from */
    public record Member(String consumerId, String client, String topic, Instant joinedAt, List<Integer> partitions) {

        private static Member of(GroupMember proto) {
            return new Member(
                    proto.getConsumerId(),
                    proto.getClient(),
                    proto.getTopic(),
                    Times.of(proto.getJoinedAt()),
                    List.copyOf(proto.getPartitionsList()));
        }
    }

    /**
     * @param committed the next offset that the group will read; empty where nothing is committed
     * @param endOffset that the next message gets
     * @param lag kept messages that the group has not committed
     * @param consumerId of the member that reads the partition
     */
    public record Progress(
            TopicPartition partition,
            OptionalLong committed,
            String metadata,
            long endOffset,
            long lag,
            Optional<String> consumerId) {

        static Progress of(GroupPartition proto) {
            return new Progress(
                    new TopicPartition(proto.getTopic(), proto.getPartition()),
                    proto.hasCommittedOffset() ? OptionalLong.of(proto.getCommittedOffset()) : OptionalLong.empty(),
                    proto.getMetadata(),
                    proto.getEndOffset(),
                    proto.getLag(),
                    proto.getConsumerId().isEmpty() ? Optional.empty() : Optional.of(proto.getConsumerId()));
        }
    }

    static GroupInfo of(DescribeConsumerGroupResponse proto) {
        return new GroupInfo(
                proto.getConsumerGroup(),
                proto.getMembersList().stream().map(Member::of).toList(),
                proto.getPartitionsList().stream().map(Progress::of).toList(),
                proto.getLag());
    }
}
