package io.mq.client;

import io.mq.proto.AlterTopicRequest;
import io.mq.proto.AlterTopicResponse;
import io.mq.proto.CommitOffsetRequest;
import io.mq.proto.CommitOffsetResponse;
import io.mq.proto.CreateTopicRequest;
import io.mq.proto.CreateTopicResponse;
import io.mq.proto.DeleteConsumerGroupRequest;
import io.mq.proto.DeleteTopicRequest;
import io.mq.proto.DescribeConsumerGroupRequest;
import io.mq.proto.DescribeTopicRequest;
import io.mq.proto.FetchOffsetsRequest;
import io.mq.proto.ListConsumerGroupsRequest;
import io.mq.proto.ListTopicsRequest;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.SeekRequest;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * Topics and consumer groups. Every method returns at once; its future completes on the client's callback executor, or
 * fails with an {@link MqException}, within the client's deadline.
 *
 * <p>Safe for use by any thread.
 */
public final class Admin {

    private final Connection connection;

    Admin(Connection connection) {
        this.connection = connection;
    }

    /**
     * Creates a topic. One that is there with the same settings is fine; with others it is {@code TOPIC_EXISTS}.
     *
     * @param partitions order is kept within each; at least 1
     */
    public CompletableFuture<TopicInfo> createTopic(String name, int partitions, TopicSettings settings) {
        CreateTopicRequest request = CreateTopicRequest.newBuilder()
                .setName(name)
                .setPartitions(partitions)
                .setConfig(settings.toProto())
                .build();
        return Unary.call(connection, MessageQueueServiceGrpc.getCreateTopicMethod(), request)
                .thenApply(CreateTopicResponse::getTopic)
                .thenApply(TopicInfo::of);
    }

    /** Creates a topic that sets nothing for itself. */
    public CompletableFuture<TopicInfo> createTopic(String name, int partitions) {
        return createTopic(name, partitions, TopicSettings.NONE);
    }

    public CompletableFuture<TopicInfo> describeTopic(String name) {
        DescribeTopicRequest request =
                DescribeTopicRequest.newBuilder().setName(name).build();
        return Unary.call(connection, MessageQueueServiceGrpc.getDescribeTopicMethod(), request)
                .thenApply(answer -> TopicInfo.of(answer.getTopic()));
    }

    /**
     * Lists topics whose name begins with a prefix.
     *
     * @param pageToken of the page before; empty for the first one
     */
    public CompletableFuture<Page<TopicSummary>> listTopics(String prefix, String pageToken) {
        ListTopicsRequest request = ListTopicsRequest.newBuilder()
                .setNamePrefix(prefix)
                .setPageToken(pageToken)
                .build();
        return Unary.call(connection, MessageQueueServiceGrpc.getListTopicsMethod(), request)
                .thenApply(answer -> Page.of(
                        answer.getTopicsList().stream().map(TopicSummary::of).toList(), answer.getNextPageToken()));
    }

    /**
     * Adds partitions or changes settings. What is left out stays.
     *
     * @param partitions the new number, at least the present one
     */
    public CompletableFuture<TopicInfo> alterTopic(String name, OptionalInt partitions, TopicSettings settings) {
        AlterTopicRequest request = AlterTopicRequest.newBuilder()
                .setName(name)
                .setPartitions(partitions.orElse(0))
                .setConfig(settings.toProto())
                .build();
        return Unary.call(connection, MessageQueueServiceGrpc.getAlterTopicMethod(), request)
                .thenApply(AlterTopicResponse::getTopic)
                .thenApply(TopicInfo::of);
    }

    /** Deletes a topic with its messages and all offsets committed in it. */
    public CompletableFuture<Void> deleteTopic(String name) {
        DeleteTopicRequest request =
                DeleteTopicRequest.newBuilder().setName(name).build();
        return Unary.call(connection, MessageQueueServiceGrpc.getDeleteTopicMethod(), request)
                .thenApply(answer -> null);
    }

    /**
     * Lists groups whose name begins with a prefix.
     *
     * @param pageToken of the page before; empty for the first one
     */
    public CompletableFuture<Page<String>> listGroups(String prefix, String pageToken) {
        ListConsumerGroupsRequest request = ListConsumerGroupsRequest.newBuilder()
                .setNamePrefix(prefix)
                .setPageToken(pageToken)
                .build();
        return Unary.call(connection, MessageQueueServiceGrpc.getListConsumerGroupsMethod(), request)
                .thenApply(answer -> Page.of(List.copyOf(answer.getConsumerGroupsList()), answer.getNextPageToken()));
    }

    /** Who is in a group, who reads what, and how far behind it is. */
    public CompletableFuture<GroupInfo> describeGroup(String group) {
        DescribeConsumerGroupRequest request = DescribeConsumerGroupRequest.newBuilder()
                .setConsumerGroup(group)
                .build();
        return Unary.call(connection, MessageQueueServiceGrpc.getDescribeConsumerGroupMethod(), request)
                .thenApply(GroupInfo::of);
    }

    /** What a group has committed in a topic. */
    public CompletableFuture<List<GroupInfo.Progress>> offsets(String topic, String group) {
        FetchOffsetsRequest request = FetchOffsetsRequest.newBuilder()
                .setTopic(topic)
                .setConsumerGroup(group)
                .build();
        return Unary.call(connection, MessageQueueServiceGrpc.getFetchOffsetsMethod(), request)
                .thenApply(answer -> answer.getPartitionsList().stream()
                        .map(GroupInfo.Progress::of)
                        .toList());
    }

    /**
     * Commits for a group from outside of it.
     *
     * @param offset the NEXT one that the group is to read; one behind what is committed changes nothing
     * @return what is committed then
     */
    public CompletableFuture<Long> commit(TopicPartition partition, String group, long offset) {
        CommitOffsetRequest request = CommitOffsetRequest.newBuilder()
                .setTopic(partition.topic())
                .setPartition(partition.partition())
                .setConsumerGroup(group)
                .setOffset(offset)
                .build();
        return Unary.call(connection, MessageQueueServiceGrpc.getCommitOffsetMethod(), request)
                .thenApply(CommitOffsetResponse::getCommittedOffset);
    }

    /**
     * Moves a group, forward or back, in one partition or in all of them or in none.
     *
     * @param partition empty for all; an offset belongs to one
     * @param dryRun only tell what would be done
     */
    public CompletableFuture<List<Sought>> seek(
            String topic, String group, OptionalInt partition, StartFrom to, boolean dryRun) {
        SeekRequest.Builder request = SeekRequest.newBuilder()
                .setTopic(topic)
                .setConsumerGroup(group)
                .setTo(to.toProto())
                .setDryRun(dryRun);
        partition.ifPresent(request::setPartition);
        return Unary.call(connection, MessageQueueServiceGrpc.getSeekMethod(), request.build())
                .thenApply(answer ->
                        answer.getPartitionsList().stream().map(Sought::of).toList());
    }

    /** Forgets what a group has committed. One with members is {@code GROUP_HAS_MEMBERS}. */
    public CompletableFuture<Void> deleteGroup(String group) {
        DeleteConsumerGroupRequest request =
                DeleteConsumerGroupRequest.newBuilder().setConsumerGroup(group).build();
        return Unary.call(connection, MessageQueueServiceGrpc.getDeleteConsumerGroupMethod(), request)
                .thenApply(answer -> null);
    }
}
