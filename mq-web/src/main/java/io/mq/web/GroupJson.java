package io.mq.web;

import io.mq.core.broker.GroupDescription;
import io.mq.core.broker.GroupDescription.GroupPartition;
import io.mq.core.delivery.MemberDescription;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/** What is said about consumer groups, in JSON. */
final class GroupJson {

    private GroupJson() {}

    /** @param nextPageToken missing on the last page */
    public record GroupList(List<String> groups, String nextPageToken) {}

    public record GroupMember(
            String consumerId, String client, String topic, String joinedAt, List<Integer> partitions) {

        static GroupMember of(MemberDescription member) {
            return new GroupMember(
                    member.consumerId(),
                    member.client(),
                    member.topic(),
                    member.joinedAt().toString(),
                    List.copyOf(member.positions().keySet()));
        }
    }

    /**
     * A group's progress in one partition.
     *
     * @param committedOffset the next offset that the group will read; missing where nothing is committed
     * @param lag kept messages that are not committed
     * @param consumerId the member that reads it now
     * @param position the next offset that this member will be sent
     */
    public record PartitionProgress(
            String topic,
            int partition,
            Long committedOffset,
            String metadata,
            String committedAt,
            long endOffset,
            long lag,
            String consumerId,
            Long position) {

        static PartitionProgress of(GroupPartition partition) {
            return new PartitionProgress(
                    partition.topic(),
                    partition.partition(),
                    orNull(partition.committed()),
                    partition.metadata(),
                    partition.committedAt().map(Instant::toString).orElse(null),
                    partition.end(),
                    partition.lag(),
                    partition.owner().orElse(null),
                    orNull(partition.position()));
        }

        static List<PartitionProgress> all(List<GroupPartition> partitions) {
            return partitions.stream().map(PartitionProgress::of).toList();
        }

        private static Long orNull(OptionalLong value) {
            return value.isPresent() ? value.getAsLong() : null;
        }
    }

    public record GroupDetails(String group, List<GroupMember> members, List<PartitionProgress> partitions, long lag) {

        static GroupDetails of(GroupDescription group) {
            return new GroupDetails(
                    group.group(),
                    group.members().stream().map(GroupMember::of).toList(),
                    PartitionProgress.all(group.partitions()),
                    group.lag());
        }
    }

    public record GroupOffsets(List<PartitionProgress> partitions) {

        static GroupOffsets of(List<GroupPartition> partitions) {
            return new GroupOffsets(PartitionProgress.all(partitions));
        }
    }

    /**
     * How far a group has come.
     *
     * @param offset the next offset that the group will read
     * @param partition 0 where it is missing
     * @param metadata a note that comes back with the offset
     */
    public record CommitOffset(String topic, Integer partition, Long offset, String metadata) {}

    public record CommittedOffset(long committedOffset) {}
}
