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
    public record Listing(List<String> groups, String nextPageToken) {}

    public record Member(String consumerId, String client, String topic, String joinedAt, List<Integer> partitions) {

        static Member of(MemberDescription member) {
            return new Member(
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
    public record Partition(
            String topic,
            int partition,
            Long committedOffset,
            String metadata,
            String committedAt,
            long endOffset,
            long lag,
            String consumerId,
            Long position) {

        static Partition of(GroupPartition partition) {
            return new Partition(
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

        static List<Partition> all(List<GroupPartition> partitions) {
            return partitions.stream().map(Partition::of).toList();
        }

        private static Long orNull(OptionalLong value) {
            return value.isPresent() ? value.getAsLong() : null;
        }
    }

    public record Description(String group, List<Member> members, List<Partition> partitions, long lag) {

        static Description of(GroupDescription group) {
            return new Description(
                    group.group(),
                    group.members().stream().map(Member::of).toList(),
                    Partition.all(group.partitions()),
                    group.lag());
        }
    }

    public record Offsets(List<Partition> partitions) {

        static Offsets of(List<GroupPartition> partitions) {
            return new Offsets(Partition.all(partitions));
        }
    }

    /**
     * How far a group has come.
     *
     * @param offset the next offset that the group will read
     * @param partition 0 where it is missing
     * @param metadata a note that comes back with the offset
     */
    public record Commit(String topic, Integer partition, Long offset, String metadata) {}

    public record Committed(long committedOffset) {}
}
