package io.mq.grpc;

import io.mq.core.broker.GroupDescription;
import io.mq.core.broker.GroupDescription.GroupPartition;
import io.mq.core.delivery.MemberDescription;
import io.mq.proto.DescribeConsumerGroupResponse;
import io.mq.proto.FetchOffsetsResponse;
import io.mq.proto.GroupMember;
import java.util.List;

/** Translates what is said about consumer groups. */
final class GroupMessages {

    private GroupMessages() {}

    static DescribeConsumerGroupResponse toProto(GroupDescription group) {
        DescribeConsumerGroupResponse.Builder answer = DescribeConsumerGroupResponse.newBuilder()
                .setConsumerGroup(group.group())
                .setLag(group.lag());
        group.members().forEach(member -> answer.addMembers(toProto(member)));
        group.partitions().forEach(partition -> answer.addPartitions(toProto(partition)));
        return answer.build();
    }

    static FetchOffsetsResponse toOffsets(List<GroupPartition> partitions) {
        FetchOffsetsResponse.Builder answer = FetchOffsetsResponse.newBuilder();
        partitions.forEach(partition -> answer.addPartitions(toProto(partition)));
        return answer.build();
    }

    private static GroupMember toProto(MemberDescription member) {
        return GroupMember.newBuilder()
                .setConsumerId(member.consumerId())
                .setClient(member.client())
                .setTopic(member.topic())
                .setJoinedAt(Times.toProto(member.joinedAt()))
                .addAllPartitions(member.positions().keySet())
                .build();
    }

    private static io.mq.proto.GroupPartition toProto(GroupPartition partition) {
        io.mq.proto.GroupPartition.Builder answer = io.mq.proto.GroupPartition.newBuilder()
                .setTopic(partition.topic())
                .setPartition(partition.partition())
                .setMetadata(partition.metadata())
                .setEndOffset(partition.end())
                .setLag(partition.lag());
        partition.committed().ifPresent(answer::setCommittedOffset);
        partition.committedAt().map(Times::toProto).ifPresent(answer::setCommittedAt);
        partition.owner().ifPresent(answer::setConsumerId);
        partition.position().ifPresent(answer::setPosition);
        return answer.build();
    }
}
