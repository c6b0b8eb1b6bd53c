package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatCall;
import static io.mq.grpc.FailedCallAssert.assertThatEnd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.mq.core.error.Reason;
import io.mq.proto.AlterTopicRequest;
import io.mq.proto.DeleteTopicRequest;
import io.mq.proto.PublishRequest;
import io.mq.proto.PublishResponse;
import io.mq.proto.SubscribeRequest;
import io.mq.proto.TopicConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every limit of the configuration that a client can run into: what just fits is taken, one more is not. */
class LimitsTest {

    @RegisterExtension
    final ServerFixture server = ServerFixture.with(
            "mq.limits.message-bytes-max=256KiB",
            "mq.limits.header-bytes-max=100",
            "mq.limits.headers-max=3",
            "mq.limits.key-bytes-max=10",
            "mq.limits.name-chars-max=20",
            "mq.limits.metadata-chars-max=5",
            "mq.limits.topics-max=4",
            "mq.limits.topic-partitions-max=6",
            "mq.limits.partitions-max=10",
            "mq.limits.groups-max=2",
            "mq.limits.group-members-max=2",
            "mq.limits.subscriptions-max=5",
            "mq.limits.in-flight-bytes-max=1MiB");

    private void publish(PublishRequest.Builder request) {
        var unused = server.queue().publish(request.build());
    }

    private static void assertReached(String key, int max, ThrowingCallable call) {
        assertThatCall(call)
                .hasCode(Code.RESOURCE_EXHAUSTED)
                .hasReason(Reason.LIMIT_REACHED)
                .hasMetadata("limit", key)
                .hasMetadata("max", Integer.toString(max))
                .hasText(key);
    }

    private void awaitSubscriptions(int count) {
        await().until(() -> server.broker().status().subscriptions() == count);
    }

    @Test
    void messageBytesAreLimited() {
        server.createTopic("t", 1);

        assertThatCode(() -> publish(Requests.message("t", new byte[256 << 10])))
                .doesNotThrowAnyException();
        assertThatCall(() -> publish(Requests.message("t", new byte[(256 << 10) + 1])))
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.MESSAGE_TOO_LARGE)
                .hasMetadata("max", Integer.toString(256 << 10));
    }

    @Test
    void messageBytesOfATopicAreLimited() {
        server.queue()
                .createTopic(Requests.topic("t", 1)
                        .setConfig(TopicConfig.newBuilder().setMessageBytesMax(10))
                        .build());

        assertThatCode(() -> publish(Requests.message("t", new byte[10]))).doesNotThrowAnyException();
        assertThatCall(() -> publish(Requests.message("t", new byte[11])))
                .hasReason(Reason.MESSAGE_TOO_LARGE)
                .hasMetadata("max", "10");
        assertReached(
                "mq.limits.message-bytes-max",
                256 << 10,
                () -> server.queue()
                        .createTopic(Requests.topic("u", 1)
                                .setConfig(TopicConfig.newBuilder().setMessageBytesMax((256 << 10) + 1))
                                .build()));
    }

    @Test
    void headerBytesAreLimited() {
        server.createTopic("t", 1);

        assertThatCode(() -> publish(Requests.message("t", "x").putHeaders("n", "v".repeat(99))))
                .doesNotThrowAnyException();
        assertThatCall(() -> publish(Requests.message("t", "x").putHeaders("n", "v".repeat(100))))
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.HEADERS_TOO_LARGE)
                .names("headers");
    }

    @Test
    void headersOfAMessageAreLimited() {
        server.createTopic("t", 1);
        PublishRequest.Builder three = Requests.message("t", "x")
                .putHeaders("a", "")
                .putHeaders("b", "")
                .putHeaders("c", "");

        assertThatCode(() -> publish(three.clone())).doesNotThrowAnyException();
        assertThatCall(() -> publish(three.clone().putHeaders("d", "")))
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.HEADERS_TOO_LARGE)
                .hasMetadata("max", "3")
                .names("headers")
                .hasText("mq.limits.headers-max");
    }

    @Test
    void keyBytesAreLimited() {
        server.createTopic("t", 1);

        assertThatCode(() -> publish(Requests.message("t", "x").setKey(ByteString.copyFrom(new byte[10]))))
                .doesNotThrowAnyException();
        assertThatCall(() -> publish(Requests.message("t", "x").setKey(ByteString.copyFrom(new byte[11]))))
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.MESSAGE_TOO_LARGE)
                .names("key");
    }

    @Test
    void nameCharsAreLimited() {
        String longest = "n".repeat(20);
        server.createTopic(longest, 1);
        assertThatCode(() -> server.queue().commitOffset(Requests.commit(longest, longest, 0, 0)))
                .doesNotThrowAnyException();

        assertThatCall(() -> server.createTopic("n".repeat(21), 1))
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.INVALID_NAME)
                .hasText("1 to 20 characters");
        assertThatCall(() -> server.queue().commitOffset(Requests.commit(longest, "n".repeat(21), 0, 0)))
                .hasReason(Reason.INVALID_NAME)
                .names("consumer_group");
        assertThatEnd(server.subscribe(Requests.member(longest, "g", "n".repeat(21)))
                        .awaitEnd())
                .hasReason(Reason.INVALID_NAME)
                .names("consumer_id");
    }

    @Test
    void metadataCharsAreLimited() {
        server.createTopic("t", 1);

        assertThatCode(() -> commitWith("five!")).doesNotThrowAnyException();
        assertReached("mq.limits.metadata-chars-max", 5, () -> commitWith("sixth!"));
    }

    private void commitWith(String metadata) {
        var unused = server.queue()
                .commitOffset(Requests.commit("t", "g", 0, 0).toBuilder()
                        .setMetadata(metadata)
                        .build());
    }

    @Test
    void topicsAreLimited() {
        for (String name : List.of("a", "b", "c", "d")) {
            server.createTopic(name, 1);
        }

        assertReached("mq.limits.topics-max", 4, () -> server.createTopic("e", 1));
        assertThatCode(() -> server.createTopic("a", 1)).doesNotThrowAnyException();
        var unused = server.queue()
                .deleteTopic(DeleteTopicRequest.newBuilder().setName("a").build());
        assertThatCode(() -> server.createTopic("e", 1)).doesNotThrowAnyException();
    }

    @Test
    void partitionsOfATopicAreLimited() {
        server.createTopic("t", 5);

        assertReached("mq.limits.topic-partitions-max", 6, () -> server.createTopic("u", 7));
        assertReached("mq.limits.topic-partitions-max", 6, () -> alter("t", 7));
        assertThatCode(() -> alter("t", 6)).doesNotThrowAnyException();
    }

    @Test
    void partitionsInAllAreLimited() {
        server.createTopic("t", 6);

        assertReached("mq.limits.partitions-max", 10, () -> server.createTopic("u", 5));
        server.createTopic("u", 4);
        assertReached("mq.limits.partitions-max", 10, () -> alter("u", 5));
    }

    private void alter(String name, int partitions) {
        var unused = server.queue()
                .alterTopic(AlterTopicRequest.newBuilder()
                        .setName(name)
                        .setPartitions(partitions)
                        .build());
    }

    @Test
    void groupsThatCommitAreLimited() {
        server.createTopic("t", 1);
        for (String group : List.of("g", "h")) {
            var unused = server.queue().commitOffset(Requests.commit("t", group, 0, 0));
        }

        assertReached("mq.limits.groups-max", 2, () -> server.queue().commitOffset(Requests.commit("t", "i", 0, 0)));
        assertThatCode(() -> server.queue().commitOffset(Requests.commit("t", "g", 0, 0)))
                .doesNotThrowAnyException();
    }

    @Test
    void groupsWithMembersAreLimited() {
        server.createTopic("t", 1);
        Tail first = server.subscribe(Requests.member("t", "g", "c"));
        server.subscribe(Requests.member("t", "h", "c"));
        awaitSubscriptions(2);

        assertThatEnd(server.subscribe(Requests.member("t", "i", "c")).awaitEnd())
                .hasCode(Code.RESOURCE_EXHAUSTED)
                .hasReason(Reason.LIMIT_REACHED)
                .hasMetadata("limit", "mq.limits.groups-max")
                .saysWhenToRetry();

        first.cancel();
        awaitSubscriptions(1);
        Tail instead = server.subscribe(Requests.member("t", "i", "c"));
        awaitSubscriptions(2);
        assertThat(instead.end()).isEmpty();
    }

    @Test
    void membersOfAGroupAreLimited() {
        server.createTopic("t", 1);
        server.subscribe(Requests.member("t", "g", "a"));
        Tail second = server.subscribe(Requests.member("t", "g", "b"));
        awaitSubscriptions(2);

        assertThatEnd(server.subscribe(Requests.member("t", "g", "c")).awaitEnd())
                .hasCode(Code.RESOURCE_EXHAUSTED)
                .hasReason(Reason.LIMIT_REACHED)
                .hasMetadata("limit", "mq.limits.group-members-max")
                .saysWhenToRetry();
        assertThat(second.end()).isEmpty();
    }

    @Test
    void memberThatTakesAnothersPlaceFitsIntoAFullGroup() {
        server.createTopic("t", 1);
        Tail first = server.subscribe(Requests.member("t", "g", "a"));
        server.subscribe(Requests.member("t", "g", "b"));
        awaitSubscriptions(2);

        Tail again = server.subscribe(Requests.member("t", "g", "a"));

        assertThatEnd(first.awaitEnd()).hasReason(Reason.MEMBER_FENCED);
        awaitSubscriptions(2);
        assertThat(again.end()).isEmpty();
    }

    @Test
    void subscriptionsAreLimited() {
        server.createTopic("t", 1);
        SubscribeRequest request = Requests.reader("t");
        List<Tail> five = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            five.add(server.subscribe(request));
        }
        awaitSubscriptions(5);

        assertThatEnd(server.subscribe(request).awaitEnd())
                .hasCode(Code.RESOURCE_EXHAUSTED)
                .hasReason(Reason.LIMIT_REACHED)
                .hasMetadata("limit", "mq.limits.subscriptions-max")
                .hasMetadata("max", "5")
                .saysWhenToRetry();

        five.get(0).cancel();
        awaitSubscriptions(4);
        server.publish("t", "x");
        assertThat(server.subscribe(request).awaitTexts(1)).containsExactly("x");
    }

    @Test
    void bytesThatWaitForTheDiskAreLimited() throws Exception {
        server.createTopic("t", 1);
        server.disk().holdForces();
        List<Future<PublishResponse>> calls = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            calls.add(server.futures()
                    .publish(Requests.message("t", new byte[200 << 10]).build()));
        }
        // Five fit into a mebibyte; fewer, where some are ended that have not arrived as a whole.
        await().during(Duration.ofMillis(300))
                .until(() -> calls.stream().filter(Future::isDone).count() >= 12 - 5);
        List<Future<PublishResponse>> refused =
                calls.stream().filter(Future::isDone).toList();
        List<Future<PublishResponse>> waiting =
                calls.stream().filter(call -> !call.isDone()).toList();
        assertThat(refused)
                .allSatisfy(call -> assertThatCall(() -> get(call))
                        .hasCode(Code.RESOURCE_EXHAUSTED)
                        .hasReason(Reason.BROKER_BUSY)
                        .saysWhenToRetry());

        server.disk().releaseForces();

        assertThat(waiting)
                .allSatisfy(call -> assertThat(get(call).getMessageId()).isNotEmpty());
        assertThatCode(() -> publish(Requests.message("t", new byte[200 << 10])))
                .doesNotThrowAnyException();
    }

    private static PublishResponse get(Future<PublishResponse> call) throws ExecutionException {
        try {
            return call.get(ServerFixture.TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
