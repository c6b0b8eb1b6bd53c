package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatCall;
import static io.mq.grpc.FailedCallAssert.assertThatEnd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import io.grpc.Status.Code;
import io.mq.core.error.Reason;
import io.mq.proto.AlterTopicRequest;
import io.mq.proto.CreateTopicResponse;
import io.mq.proto.DeleteTopicRequest;
import io.mq.proto.PartitionDescription;
import io.mq.proto.TopicConfig;
import io.mq.proto.TopicDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TopicsTest {

    @RegisterExtension
    final ServerFixture server = ServerFixture.with();

    private TopicDescription describe(String name) {
        return server.queue().describeTopic(Requests.describeTopic(name)).getTopic();
    }

    private static AlterTopicRequest.Builder alter(String name) {
        return AlterTopicRequest.newBuilder().setName(name);
    }

    private void delete(String name) {
        var unused = server.queue()
                .deleteTopic(DeleteTopicRequest.newBuilder().setName(name).build());
    }

    @Test
    void createdTopicHasOnePartitionUnlessAskedOtherwise() {
        TopicDescription one =
                server.queue().createTopic(Requests.topic("one", 0).build()).getTopic();
        TopicDescription three =
                server.queue().createTopic(Requests.topic("three", 3).build()).getTopic();

        assertThat(one.getPartitionsCount()).isEqualTo(1);
        assertThat(three.getPartitionsList())
                .extracting(PartitionDescription::getPartition)
                .containsExactly(0, 1, 2);
    }

    @Test
    void creatingATopicAgainWithTheSameSettingsSucceedsAndSaysThatItWasThere() {
        var request = Requests.topic("t", 2)
                .setConfig(TopicConfig.newBuilder().setRetentionBytes(1 << 20))
                .build();
        CreateTopicResponse first = server.queue().createTopic(request);
        CreateTopicResponse second = server.queue().createTopic(request);

        assertThat(first.getCreated()).isTrue();
        assertThat(second.getSuccess()).isTrue();
        assertThat(second.getCreated()).isFalse();
        assertThat(second.getTopic().getId()).isEqualTo(first.getTopic().getId());
    }

    @Test
    void creatingATopicAgainWithOtherPartitionsIsAlreadyExists() {
        server.createTopic("t", 2);

        assertThatCall(() -> server.queue().createTopic(Requests.topic("t", 3).build()))
                .hasCode(Code.ALREADY_EXISTS)
                .hasReason(Reason.TOPIC_EXISTS)
                .hasMetadata("topic", "t")
                .hasMetadata("partitions", "2");
    }

    @Test
    void creatingATopicAgainWithAnotherConfigIsAlreadyExists() {
        server.createTopic("t", 1);

        assertThatCall(() -> server.queue()
                        .createTopic(Requests.topic("t", 1)
                                .setConfig(TopicConfig.newBuilder()
                                        .setRetention(Duration.newBuilder().setSeconds(60)))
                                .build()))
                .hasCode(Code.ALREADY_EXISTS)
                .hasReason(Reason.TOPIC_EXISTS);
    }

    @Test
    void creatingATopicAgainSucceedsAfterItWasReplayedFromTheJournalToo() throws IOException {
        var request = Requests.topic("t", 2)
                .setConfig(TopicConfig.newBuilder()
                        .setRetention(Duration.newBuilder().setSeconds(90).setNanos(123_456_789))
                        .setRetentionBytes(0)
                        .setMessageBytesMax(1000)
                        .setValidateCompressed(true))
                .build();
        TopicDescription created = server.queue().createTopic(request).getTopic();

        server.store().failWith(new IOException("no checkpoint: the journal has to do"));
        server.stop();
        server.store().failWith(null);
        server.start();

        assertThat(server.queue().createTopic(request).getTopic()).isEqualTo(created);
    }

    @Test
    void descriptionTellsWhatTheTopicSetsAndNothingElse() {
        Instant before = Instant.now();
        TopicConfig config = TopicConfig.newBuilder()
                .setRetention(Duration.newBuilder().setSeconds(3600))
                .setRetentionBytes(0)
                .build();
        server.queue().createTopic(Requests.topic("t", 1).setConfig(config).build());

        TopicDescription topic = describe("t");

        assertThat(topic.getName()).isEqualTo("t");
        assertThat(topic.getConfig()).isEqualTo(config);
        assertThat(topic.getConfig().hasMessageBytesMax()).isFalse();
        assertThat(topic.getConfig().hasValidateCompressed()).isFalse();
        assertThat(Instant.ofEpochSecond(
                        topic.getCreatedAt().getSeconds(), topic.getCreatedAt().getNanos()))
                .isBetween(before.minusMillis(1), Instant.now());
    }

    @Test
    void descriptionCountsMessagesAndBytesOfEachPartition() {
        server.createTopic("t", 2);
        for (int i = 0; i < 3; i++) {
            server.queue()
                    .publish(Requests.message("t", "payload").setPartition(1).build());
        }

        TopicDescription topic = describe("t");

        assertThat(topic.getMessages()).isEqualTo(3);
        assertThat(topic.getPartitions(0).getEndOffset()).isZero();
        assertThat(topic.getPartitions(1).getStartOffset()).isZero();
        assertThat(topic.getPartitions(1).getEndOffset()).isEqualTo(3);
        assertThat(topic.getPartitions(1).getBytes()).isGreaterThan(3 * 7).isEqualTo(topic.getBytes());
    }

    @Test
    void callsThatNameAnUnknownTopicAreNotFound() {
        List<ThrowingCallable> calls = List.of(
                () -> server.publish("missing", "x"),
                () -> server.queue()
                        .publish(Requests.message("missing", "x").setDlq(true).build()),
                () -> server.queue().commitOffset(Requests.commit("missing", "g", 0, 0)),
                () -> server.queue().describeTopic(Requests.describeTopic("missing")),
                () -> server.queue().alterTopic(alter("missing").build()),
                () -> delete("missing"));
        for (var call : calls) {
            assertThatCall(call)
                    .hasCode(Code.NOT_FOUND)
                    .hasReason(Reason.TOPIC_NOT_FOUND)
                    .hasMetadata("topic", "missing")
                    .doesNotAdviseToRetry();
        }
        assertThatEnd(server.subscribe(Requests.reader("missing")).awaitEnd())
                .hasCode(Code.NOT_FOUND)
                .hasReason(Reason.TOPIC_NOT_FOUND);
    }

    @Test
    void alterAddsPartitionsAndSettingsAndKeepsTheRest() {
        server.queue()
                .createTopic(Requests.topic("t", 1)
                        .setConfig(TopicConfig.newBuilder().setRetentionBytes(4096))
                        .build());

        TopicDescription altered = server.queue()
                .alterTopic(alter("t")
                        .setPartitions(3)
                        .setConfig(TopicConfig.newBuilder().setMessageBytesMax(10))
                        .build())
                .getTopic();

        assertThat(altered.getPartitionsCount()).isEqualTo(3);
        assertThat(altered.getConfig())
                .isEqualTo(TopicConfig.newBuilder()
                        .setRetentionBytes(4096)
                        .setMessageBytesMax(10)
                        .build());
        assertThat(describe("t")).isEqualTo(altered);
        assertThatCall(() -> server.publish("t", "eleven byte")).hasReason(Reason.MESSAGE_TOO_LARGE);
    }

    @Test
    void validationOfCompressedBatchesIsAskedForAndTakenBack() {
        TopicConfig asked = TopicConfig.newBuilder().setValidateCompressed(true).build();
        TopicConfig takenBack =
                TopicConfig.newBuilder().setValidateCompressed(false).build();
        server.queue().createTopic(Requests.topic("t", 1).setConfig(asked).build());
        assertThat(describe("t").getConfig()).isEqualTo(asked);

        TopicDescription altered = server.queue()
                .alterTopic(alter("t").setConfig(takenBack).build())
                .getTopic();

        assertThat(altered.getConfig()).isEqualTo(takenBack);
        assertThat(describe("t").getConfig()).isEqualTo(takenBack);
    }

    @Test
    void alterWithNothingSetChangesNothing() {
        server.createTopic("t", 2);
        TopicDescription before = describe("t");

        assertThat(server.queue().alterTopic(alter("t").build()).getTopic()).isEqualTo(before);
    }

    @Test
    void partitionsCannotBeTakenAway() {
        server.createTopic("t", 3);

        assertThatCall(() ->
                        server.queue().alterTopic(alter("t").setPartitions(2).build()))
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.INVALID_FIELD)
                .names("partitions");
        assertThat(describe("t").getPartitionsCount()).isEqualTo(3);
    }

    @Test
    void negativePartitionsAreRefused() {
        assertThatCall(() -> server.queue().createTopic(Requests.topic("t", -1).build()))
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.INVALID_FIELD)
                .names("partitions");
    }

    @Test
    void settingsOutOfBoundsAreRefusedNamingTheField() {
        assertThatCall(() -> create(TopicConfig.newBuilder().setRetentionBytes(-1)))
                .hasCode(Code.INVALID_ARGUMENT)
                .names("config.retention_bytes");
        assertThatCall(() -> create(TopicConfig.newBuilder().setMessageBytesMax(0)))
                .hasCode(Code.INVALID_ARGUMENT)
                .names("config.message_bytes_max");
        assertThatCall(() -> create(TopicConfig.newBuilder()
                        .setRetention(Duration.newBuilder().setSeconds(-1))))
                .hasCode(Code.INVALID_ARGUMENT)
                .names("config.retention");
        assertThatCall(() -> create(TopicConfig.newBuilder()
                        .setRetention(Duration.newBuilder().setSeconds(1).setNanos(1_000_000_000))))
                .hasCode(Code.INVALID_ARGUMENT)
                .names("config.retention");
    }

    private void create(TopicConfig.Builder config) {
        var unused = server.queue()
                .createTopic(Requests.topic("t", 1).setConfig(config).build());
    }

    @Test
    void deletedTopicIsGoneAndANewOneOfItsNameIsAnother() {
        server.createTopic("t", 1);
        server.publish("t", "old");
        int oldId = describe("t").getId();

        delete("t");

        assertThatCall(() -> describe("t")).hasReason(Reason.TOPIC_NOT_FOUND);
        server.createTopic("t", 1);
        assertThat(describe("t").getId()).isGreaterThan(oldId);
        assertThat(describe("t").getMessages()).isZero();
    }

    @Test
    void subscriptionsOfADeletedTopicEndWithAborted() {
        server.createTopic("t", 2);
        server.createTopic("other", 1);
        Tail reader = server.subscribe(Requests.reader("t"));
        Tail member = server.subscribe(Requests.member("t", "g", "c"));
        Tail other = server.subscribe(Requests.reader("other"));
        await().until(() -> server.broker().status().subscriptions() == 3);

        delete("t");

        for (Tail tail : List.of(reader, member)) {
            assertThatEnd(tail.awaitEnd())
                    .hasCode(Code.ABORTED)
                    .hasReason(Reason.TOPIC_DELETED)
                    .hasMetadata("topic", "t");
        }
        server.publish("other", "still here");
        assertThat(other.awaitTexts(1)).containsExactly("still here");
    }

    @Test
    void deletingATopicFreesItsDisk() throws Exception {
        server.createTopic("t", 1);
        server.fill("t", 20, 100_000);
        assertThat(storedBytes()).isGreaterThan(2_000_000);

        delete("t");

        await().untilAsserted(() -> assertThat(storedBytes()).isZero());
    }

    /** What all segments of all topics take on the disk. */
    private long storedBytes() throws IOException {
        try (Stream<Path> files =
                Files.walk(server.directory().resolve("shards").resolve("0").resolve("topics"))) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
