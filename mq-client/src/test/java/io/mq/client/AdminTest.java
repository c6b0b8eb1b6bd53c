package io.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.grpc.Status.Code;
import io.mq.proto.AlterTopicRequest;
import io.mq.proto.AlterTopicResponse;
import io.mq.proto.CommitOffsetRequest;
import io.mq.proto.CommitOffsetResponse;
import io.mq.proto.CreateTopicRequest;
import io.mq.proto.CreateTopicResponse;
import io.mq.proto.DeleteConsumerGroupRequest;
import io.mq.proto.DeleteConsumerGroupResponse;
import io.mq.proto.DeleteTopicRequest;
import io.mq.proto.DeleteTopicResponse;
import io.mq.proto.DescribeConsumerGroupRequest;
import io.mq.proto.DescribeConsumerGroupResponse;
import io.mq.proto.DescribeTopicRequest;
import io.mq.proto.DescribeTopicResponse;
import io.mq.proto.FetchOffsetsRequest;
import io.mq.proto.FetchOffsetsResponse;
import io.mq.proto.GroupMember;
import io.mq.proto.GroupPartition;
import io.mq.proto.ListConsumerGroupsRequest;
import io.mq.proto.ListConsumerGroupsResponse;
import io.mq.proto.ListTopicsRequest;
import io.mq.proto.ListTopicsResponse;
import io.mq.proto.PartitionDescription;
import io.mq.proto.SeekRequest;
import io.mq.proto.SeekResponse;
import io.mq.proto.SoughtPartition;
import io.mq.proto.StartPosition;
import io.mq.proto.TopicConfig;
import io.mq.proto.TopicDescription;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AdminTest {

    private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000, 123);

    private static final TopicSettings SETTINGS = new TopicSettings(
            Optional.of(Duration.ofHours(2)), OptionalLong.of(5_000), OptionalInt.of(600), Optional.of(true));

    private static final TopicConfig CONFIG = TopicConfig.newBuilder()
            .setRetention(Times.toProto(Duration.ofHours(2)))
            .setRetentionBytes(5_000)
            .setMessageBytesMax(600)
            .setValidateCompressed(true)
            .build();

    private static final TopicDescription DESCRIPTION = TopicDescription.newBuilder()
            .setName("orders")
            .setId(7)
            .setConfig(CONFIG)
            .setCreatedAt(Times.toProto(TIME))
            .addPartitions(PartitionDescription.newBuilder()
                    .setPartition(0)
                    .setStartOffset(1)
                    .setEndOffset(11)
                    .setBytes(100))
            .addPartitions(PartitionDescription.newBuilder()
                    .setPartition(1)
                    .setStartOffset(2)
                    .setEndOffset(22)
                    .setBytes(200))
            .setMessages(30)
            .setBytes(300)
            .build();

    private static final TopicInfo TOPIC = new TopicInfo(
            "orders",
            7,
            SETTINGS,
            TIME,
            List.of(new TopicInfo.Partition(0, 1, 11, 100), new TopicInfo.Partition(1, 2, 22, 200)),
            30,
            300);

    private final FakeAdmin fake = new FakeAdmin();
    private final FakeServer server = FakeServer.start(fake.service());
    private final MqClient client = MqClient.forTarget(server.address()).build();
    private final Admin admin = client.admin();

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    private static MqException failureOf(CompletableFuture<?> future) {
        ExecutionException failed = catchThrowableOfType(ExecutionException.class, () -> get(future));
        assertThat(failed).isNotNull();
        return (MqException) failed.getCause();
    }

    private void assertAsked(String method, Object request) {
        assertThat(fake.lastCall()).isEqualTo(new FakeAdmin.Call(method, request));
    }

    @Test
    void createTopicSendsSettingsAndReturnsTheTopic() throws Exception {
        fake.answerWith(CreateTopicResponse.newBuilder().setTopic(DESCRIPTION).build());
        assertThat(get(admin.createTopic("orders", 2, SETTINGS))).isEqualTo(TOPIC);
        assertAsked(
                "CreateTopic",
                CreateTopicRequest.newBuilder()
                        .setName("orders")
                        .setPartitions(2)
                        .setConfig(CONFIG)
                        .build());
    }

    @Test
    void createTopicWithoutSettingsSetsNone() throws Exception {
        fake.answerWith(CreateTopicResponse.newBuilder()
                .setTopic(TopicDescription.newBuilder().setName("orders"))
                .build());
        assertThat(get(admin.createTopic("orders", 3)).settings()).isEqualTo(TopicSettings.NONE);
        assertAsked(
                "CreateTopic",
                CreateTopicRequest.newBuilder()
                        .setName("orders")
                        .setPartitions(3)
                        .setConfig(TopicConfig.getDefaultInstance())
                        .build());
    }

    @Test
    void describeTopicReturnsTheTopic() throws Exception {
        fake.answerWith(DescribeTopicResponse.newBuilder().setTopic(DESCRIPTION).build());
        assertThat(get(admin.describeTopic("orders"))).isEqualTo(TOPIC);
        assertAsked(
                "DescribeTopic",
                DescribeTopicRequest.newBuilder().setName("orders").build());
    }

    @Test
    void listTopicsReturnsAPageAndTheTokenOfTheNext() throws Exception {
        fake.answerWith(ListTopicsResponse.newBuilder()
                .addTopics(io.mq.proto.TopicSummary.newBuilder()
                        .setName("orders")
                        .setPartitions(2)
                        .setMessages(30)
                        .setBytes(300))
                .setNextPageToken("next")
                .build());
        assertThat(get(admin.listTopics("or", "this")))
                .isEqualTo(new Page<>(List.of(new TopicSummary("orders", 2, 30, 300)), Optional.of("next")));
        assertAsked(
                "ListTopics",
                ListTopicsRequest.newBuilder()
                        .setNamePrefix("or")
                        .setPageToken("this")
                        .build());
    }

    @Test
    void lastPageOfTopicsHasNoToken() throws Exception {
        fake.answerWith(ListTopicsResponse.getDefaultInstance());
        assertThat(get(admin.listTopics("", ""))).isEqualTo(new Page<>(List.of(), Optional.empty()));
    }

    @Test
    void alterTopicSendsWhatChangesAndReturnsTheTopic() throws Exception {
        fake.answerWith(AlterTopicResponse.newBuilder().setTopic(DESCRIPTION).build());
        assertThat(get(admin.alterTopic("orders", OptionalInt.of(2), SETTINGS))).isEqualTo(TOPIC);
        assertAsked(
                "AlterTopic",
                AlterTopicRequest.newBuilder()
                        .setName("orders")
                        .setPartitions(2)
                        .setConfig(CONFIG)
                        .build());
        TopicSettings onlySize =
                new TopicSettings(Optional.empty(), OptionalLong.empty(), OptionalInt.of(600), Optional.empty());
        get(admin.alterTopic("orders", OptionalInt.empty(), onlySize));
        assertAsked(
                "AlterTopic",
                AlterTopicRequest.newBuilder()
                        .setName("orders")
                        .setConfig(TopicConfig.newBuilder().setMessageBytesMax(600))
                        .build());
    }

    @Test
    void deleteTopicNamesTheTopic() throws Exception {
        fake.answerWith(DeleteTopicResponse.getDefaultInstance());
        assertThat(get(admin.deleteTopic("orders"))).isNull();
        assertAsked(
                "DeleteTopic", DeleteTopicRequest.newBuilder().setName("orders").build());
    }

    @Test
    void listGroupsReturnsAPageAndTheTokenOfTheNext() throws Exception {
        fake.answerWith(ListConsumerGroupsResponse.newBuilder()
                .addConsumerGroups("billing")
                .addConsumerGroups("books")
                .setNextPageToken("next")
                .build());
        assertThat(get(admin.listGroups("b", "this")))
                .isEqualTo(new Page<>(List.of("billing", "books"), Optional.of("next")));
        assertAsked(
                "ListConsumerGroups",
                ListConsumerGroupsRequest.newBuilder()
                        .setNamePrefix("b")
                        .setPageToken("this")
                        .build());
    }

    @Test
    void describeGroupReturnsMembersAndProgress() throws Exception {
        fake.answerWith(DescribeConsumerGroupResponse.newBuilder()
                .setConsumerGroup("billing")
                .addMembers(GroupMember.newBuilder()
                        .setConsumerId("a")
                        .setClient("10.0.0.1:5")
                        .setTopic("orders")
                        .setJoinedAt(Times.toProto(TIME))
                        .addPartitions(1))
                .addPartitions(GroupPartition.newBuilder()
                        .setTopic("orders")
                        .setPartition(0)
                        .setEndOffset(11)
                        .setLag(10))
                .addPartitions(GroupPartition.newBuilder()
                        .setTopic("orders")
                        .setPartition(1)
                        .setCommittedOffset(0)
                        .setMetadata("note")
                        .setEndOffset(22)
                        .setLag(20)
                        .setConsumerId("a"))
                .setLag(30)
                .build());
        assertThat(get(admin.describeGroup("billing")))
                .isEqualTo(new GroupInfo(
                        "billing",
                        List.of(new GroupInfo.Member("a", "10.0.0.1:5", "orders", TIME, List.of(1))),
                        List.of(
                                new GroupInfo.Progress(
                                        new TopicPartition("orders", 0),
                                        OptionalLong.empty(),
                                        "",
                                        11,
                                        10,
                                        Optional.empty()),
                                new GroupInfo.Progress(
                                        new TopicPartition("orders", 1),
                                        OptionalLong.of(0),
                                        "note",
                                        22,
                                        20,
                                        Optional.of("a"))),
                        30));
        assertAsked(
                "DescribeConsumerGroup",
                DescribeConsumerGroupRequest.newBuilder()
                        .setConsumerGroup("billing")
                        .build());
    }

    @Test
    void offsetsReturnsWhatTheGroupHasCommitted() throws Exception {
        fake.answerWith(FetchOffsetsResponse.newBuilder()
                .addPartitions(GroupPartition.newBuilder()
                        .setTopic("orders")
                        .setPartition(1)
                        .setCommittedOffset(5)
                        .setEndOffset(22)
                        .setLag(17))
                .build());
        assertThat(get(admin.offsets("orders", "billing")))
                .containsExactly(new GroupInfo.Progress(
                        new TopicPartition("orders", 1), OptionalLong.of(5), "", 22, 17, Optional.empty()));
        assertAsked(
                "FetchOffsets",
                FetchOffsetsRequest.newBuilder()
                        .setTopic("orders")
                        .setConsumerGroup("billing")
                        .build());
    }

    @Test
    void commitReturnsWhatIsCommittedThen() throws Exception {
        fake.answerWith(CommitOffsetResponse.newBuilder().setCommittedOffset(9).build());
        assertThat(get(admin.commit(new TopicPartition("orders", 1), "billing", 5)))
                .isEqualTo(9);
        assertAsked(
                "CommitOffset",
                CommitOffsetRequest.newBuilder()
                        .setTopic("orders")
                        .setPartition(1)
                        .setConsumerGroup("billing")
                        .setOffset(5)
                        .build());
    }

    @Test
    void seekOfOnePartitionNamesIt() throws Exception {
        fake.answerWith(SeekResponse.newBuilder()
                .addPartitions(SoughtPartition.newBuilder()
                        .setPartition(0)
                        .setOffsetBefore(8)
                        .setOffset(3))
                .build());
        assertThat(get(admin.seek("orders", "billing", OptionalInt.of(0), StartFrom.offset(3), true)))
                .containsExactly(new Sought(0, OptionalLong.of(8), 3));
        assertAsked(
                "Seek",
                SeekRequest.newBuilder()
                        .setTopic("orders")
                        .setConsumerGroup("billing")
                        .setPartition(0)
                        .setTo(StartPosition.newBuilder().setOffset(3))
                        .setDryRun(true)
                        .build());
    }

    @Test
    void seekOfAllPartitionsNamesNone() throws Exception {
        fake.answerWith(SeekResponse.newBuilder()
                .addPartitions(SoughtPartition.newBuilder().setPartition(0).setOffset(3))
                .addPartitions(SoughtPartition.newBuilder().setPartition(1).setOffset(4))
                .build());
        assertThat(get(admin.seek("orders", "billing", OptionalInt.empty(), StartFrom.time(TIME), false)))
                .containsExactly(new Sought(0, OptionalLong.empty(), 3), new Sought(1, OptionalLong.empty(), 4));
        assertAsked(
                "Seek",
                SeekRequest.newBuilder()
                        .setTopic("orders")
                        .setConsumerGroup("billing")
                        .setTo(StartPosition.newBuilder().setTime(Times.toProto(TIME)))
                        .build());
    }

    @Test
    void deleteGroupNamesTheGroup() throws Exception {
        fake.answerWith(DeleteConsumerGroupResponse.getDefaultInstance());
        assertThat(get(admin.deleteGroup("billing"))).isNull();
        assertAsked(
                "DeleteConsumerGroup",
                DeleteConsumerGroupRequest.newBuilder()
                        .setConsumerGroup("billing")
                        .build());
    }

    @Test
    void errorOfTheServerKeepsItsReason() {
        fake.failWith(FakeErrors.of(Status.FAILED_PRECONDITION, "GROUP_HAS_MEMBERS"));
        MqException failure = failureOf(admin.deleteGroup("billing"));
        assertThat(failure.code()).isEqualTo(Code.FAILED_PRECONDITION);
        assertThat(failure.reason()).isEqualTo("GROUP_HAS_MEMBERS");
        assertThat(failure).hasMessage("FAILED_PRECONDITION GROUP_HAS_MEMBERS: as the test wants it");
        assertThat(failure.isRetryable()).isFalse();
        assertThat(failure.isOutcomeUnknown()).isFalse();
        assertThat(failure.metadata()).containsExactlyEntriesOf(Map.of("a", "b"));
        assertThat(failure.retryAfter()).contains(Duration.ofMillis(7));
    }

    @Test
    void serverThatIsAwayFailsACallAtItsDeadline() {
        server.close();
        try (MqClient impatient = MqClient.forTarget(server.address())
                .deadline(Duration.ofMillis(300))
                .build()) {
            MqException failure = failureOf(impatient.admin().describeTopic("orders"));
            assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
            assertThat(failure.isRetryable()).isTrue();
            assertThat(failure.isOutcomeUnknown()).isTrue();
        }
    }

    @Test
    void callOnAClosedClientFailsAtOnce() {
        client.close();
        assertThat(failureOf(admin.describeTopic("orders")).reason()).isEqualTo(MqException.CLIENT_CLOSED);
    }
}
