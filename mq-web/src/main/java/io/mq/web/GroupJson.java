package io.mq.web;

import io.mq.core.broker.GroupDescription;
import io.mq.core.broker.GroupDescription.GroupPartition;
import io.mq.core.broker.SeekRequest;
import io.mq.core.command.SeekCommand.Sought;
import io.mq.core.delivery.MemberDescription;
import io.mq.core.delivery.StartPosition;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What is said about consumer groups, in JSON. */
final class GroupJson {

    private GroupJson() {}

    private static Long orNull(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

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

    /**
     * Where a group is to go on; one of {@code to}, {@code offset} and {@code time}.
     *
     * @param partition all where it is missing
     * @param to "earliest" or "latest"
     * @param offset one that is kept, or the next one to come
     * @param time ISO 8601: the first message that was taken then or later
     * @param dryRun only tell what would be done
     */
    public record SeekGroup(String topic, Integer partition, String to, Long offset, String time, Boolean dryRun) {

        SeekRequest asRequest(String group) {
            return new SeekRequest(
                    group,
                    Fields.required("topic", topic),
                    partition == null ? OptionalInt.empty() : OptionalInt.of(partition),
                    position(),
                    Boolean.TRUE.equals(dryRun));
        }

        private StartPosition position() {
            if (Stream.of(to, offset, time).filter(Objects::nonNull).count() != 1) {
                throw Fields.invalid("to", "or offset or time must be there, and only one of them");
            }
            if (offset != null) {
                return new StartPosition.AtOffset(offset);
            }
            if (time != null) {
                return new StartPosition.AtTime(Fields.time("time", time));
            }
            return switch (to) {
                case "earliest" -> StartPosition.EARLIEST;
                case "latest" -> StartPosition.LATEST;
                default -> throw Fields.invalid("to", "must be 'earliest' or 'latest', found '%s'".formatted(to));
            };
        }
    }

    /**
     * What a seek did, or would do, in one partition.
     *
     * @param offsetBefore missing where nothing was committed
     */
    public record SoughtPartition(int partition, Long offsetBefore, long offset) {}

    public record SoughtGroup(List<SoughtPartition> partitions) {

        static SoughtGroup of(List<Sought> partitions) {
            return new SoughtGroup(partitions.stream()
                    .map(sought -> new SoughtPartition(sought.partition(), orNull(sought.before()), sought.offset()))
                    .toList());
        }
    }

    public record CommittedOffset(long committedOffset) {}
}
