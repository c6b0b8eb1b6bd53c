package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatCall;
import static io.mq.grpc.FailedCallAssert.assertThatEnd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.MetadataUtils;
import io.mq.core.broker.ForwardedFigures;
import io.mq.core.error.Reason;
import io.mq.proto.AdminServiceGrpc;
import io.mq.proto.ConsumeInit;
import io.mq.proto.FetchRequest;
import io.mq.proto.ListTopicsRequest;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceBlockingStub;
import io.mq.proto.PingRequest;
import io.mq.proto.PublishBatchRequest;
import io.mq.proto.PublishRequest;
import io.mq.proto.StartPosition;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node that does not lead passes calls on to the one that does; its own broker has nothing to answer from. */
class ForwardingTest {

    private static final int MANY = 3_000;

    private final SwitchedLeadership leadership = new SwitchedLeadership();

    @RegisterExtension
    final ServerFixture leader = ServerFixture.with();

    @RegisterExtension
    final ServerFixture front =
            ServerFixture.with("mq.limits.subscriptions-max=1").ledBy(leadership);

    @BeforeEach
    void leaderLeads() {
        leadership.leads("n1", leader.address());
        leader.createTopic("t", 1);
    }

    private static ConsumeInit fromEarliest() {
        return ConsumeInit.newBuilder()
                .addTopics("t")
                .setStart(StartPosition.newBuilder().setEarliest(true))
                .build();
    }

    private void awaitSubscriptions(int count) {
        await().until(() -> leader.broker().status().subscriptions() == count);
    }

    @Test
    void singleCallsAreAnsweredByTheLeader() {
        assertThat(front.publish("t", "hello").getOffset()).isZero();
        assertThat(front.queue()
                        .publishBatch(PublishBatchRequest.newBuilder()
                                .setTopic("t")
                                .setBatch(ProducedBatches.of("a", "b"))
                                .build())
                        .getBaseOffset())
                .isEqualTo(1);
        front.createTopic("u", 3);

        assertThat(leader.subscribe(Requests.reader("t")).awaitTexts(3)).containsExactly("hello", "a", "b");
        assertThat(front.queue()
                        .listTopics(ListTopicsRequest.getDefaultInstance())
                        .getTopicsCount())
                .isEqualTo(2);
        assertThat(front.queue()
                        .fetch(FetchRequest.newBuilder()
                                .setTopic("t")
                                .setBytesMax(1000)
                                .build())
                        .getBatchesCount())
                .isPositive();
    }

    @Test
    void whatIsPassedOnIsCounted() {
        var unused = front.queue().publish(Requests.message("t", new byte[1000]).build());

        ForwardedFigures figures = front.broker().status().figures().forwarded();
        assertThat(figures.calls()).isEqualTo(1);
        assertThat(figures.bytes()).isBetween(1000L, 1100L);
        assertThat(leader.broker().status().figures().forwarded().calls()).isZero();
    }

    @Test
    void largeAndCompressedMessagesArriveWhole() {
        byte[] large = new byte[1 << 20];
        large[large.length - 1] = 1;
        PublishRequest request = Requests.message("t", large).build();
        MessageQueueServiceBlockingStub queue = front.queue();

        assertThat(queue.publish(request).getOffset()).isZero();
        assertThat(queue.withCompression("gzip").publish(request).getOffset()).isEqualTo(1);

        assertThat(front.subscribe(Requests.reader("t")).await(2))
                .allSatisfy(message -> assertThat(message.getPayload()).isEqualTo(ByteString.copyFrom(large)));
    }

    @Test
    void refusalComesBackWithAllItsDetails() {
        assertThatCall(() -> front.publish("nowhere", "x"))
                .hasCode(Code.NOT_FOUND)
                .hasReason(Reason.TOPIC_NOT_FOUND)
                .hasMetadata("topic", "nowhere");
        assertThatCall(() -> front.createTopic("?", 1))
                .hasCode(Code.INVALID_ARGUMENT)
                .names("name");
        assertThatEnd(front.subscribe(Requests.reader("nowhere")).awaitEnd()).hasReason(Reason.TOPIC_NOT_FOUND);
    }

    @Test
    void requestThatIsLargerThanAnyIsRefusedAtOnce() {
        assertThatCall(() -> front.queue()
                        .publish(Requests.message("t", new byte[4 << 20]).build()))
                .hasCode(Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void streamOfManyFramesKeepsItsOrder() throws Exception {
        Frames frames = Frames.open(front.calls());
        frames.init("t", 0);
        for (int i = 0; i < MANY; i++) {
            await().until(frames.call()::isReady);
            frames.send(0, ProducedBatches.of("m" + i));
        }
        for (int i = 0; i < MANY; i++) {
            assertThat(frames.nextResult().getWritten().getBaseOffset()).isEqualTo(i);
        }
        frames.complete();
        frames.awaitEnd();

        assertThat(leader.subscribe(Requests.reader("t")).awaitTexts(MANY))
                .isEqualTo(IntStream.range(0, MANY).mapToObj(i -> "m" + i).toList());
    }

    @Test
    void subscriptionEndsAtTheLeaderWithItsClient() {
        leader.publish("t", "before");
        Tail tail = front.subscribe(Requests.reader("t"));
        tail.awaitTexts(1);
        front.publish("t", "after");
        assertThat(tail.awaitTexts(2)).containsExactly("before", "after");
        awaitSubscriptions(1);

        tail.cancel();

        awaitSubscriptions(0);
    }

    @Test
    void subscriptionEndsAtTheLeaderWithItsClientsConnection() {
        ManagedChannel channel = front.newChannel();
        Tail.reading(MessageQueueServiceGrpc.newStub(channel), Requests.reader("t"));
        awaitSubscriptions(1);

        channel.shutdownNow();

        awaitSubscriptions(0);
    }

    @Test
    void leaderSeesTheClientAndNotTheNodeInBetween() {
        front.subscribe(Requests.member("t", "g", "c"));
        awaitSubscriptions(1);

        String client = leader.queue()
                .describeConsumerGroup(Requests.describeGroup("g"))
                .getMembers(0)
                .getClient();

        assertThat(client).startsWith("127.0.0.1:");
        assertThat(leader.broker().groups().describe("g").members())
                .allSatisfy(member -> assertThat(member.client()).isEqualTo(client));
    }

    @Test
    void consumerGetsStoredBatchesAgainstItsCreditAndCommits() throws Exception {
        for (int i = 0; i < 5; i++) {
            leader.publish("t", "m" + i);
        }
        Consumption consumption = Consumption.join(front.calls(), "g", "c", "t");
        var assigned = consumption.nextAssigned();

        consumption.credit(3, 1 << 20);
        assertThat(consumption.nextPayloads(3)).containsExactly("m0", "m1", "m2");
        consumption.credit(2, 1 << 20);
        assertThat(consumption.nextPayloads(2)).containsExactly("m3", "m4");

        assertThat(consumption.commit(assigned, 5).getOffset()).isEqualTo(5);
        consumption.complete();
        consumption.awaitEnd();
        awaitSubscriptions(0);
    }

    @Test
    void clientThatReadsNothingIsReadForNoFurtherThanItsWindowAndHoldsUpNobody() throws Exception {
        leader.fill("t", 100, 512 << 10);
        List<Tail> deaf = new ArrayList<>();
        List<Consumption> deafConsumers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            deaf.add(Tail.notReading(MessageQueueServiceGrpc.newStub(front.newChannel()), Requests.reader("t")));
            Consumption consumer = Consumption.openWithoutReading(MessageQueueServiceGrpc.newStub(front.newChannel()));
            consumer.init(fromEarliest());
            consumer.credit(1_000, 1L << 40);
            deafConsumers.add(consumer);
        }
        awaitNothingMoreIsDelivered();

        assertThat(delivered()).isLessThan(100);
        assertThat(front.publish("t", "x").getOffset()).isEqualTo(100);
        assertThat(front.subscribe(Requests.reader("t", Requests.LATEST)).end()).isEmpty();

        deaf.forEach(Tail::cancel);
        deafConsumers.forEach(Consumption::cancel);
        awaitSubscriptions(1);
    }

    private long delivered() {
        return leader.broker()
                .status()
                .figures()
                .of(leader.broker().topics().describe("t").topic())
                .deliveredMessages();
    }

    private void awaitNothingMoreIsDelivered() {
        long[] last = {-1};
        await().pollInterval(Duration.ofMillis(500)).until(() -> {
            long now = delivered();
            boolean isStill = now > 0 && now == last[0];
            last[0] = now;
            return isStill;
        });
    }

    @Test
    void publisherIsHeldUpWhileTheLeadersDiskIs() throws Exception {
        Frames frames = Frames.open(front.calls());
        frames.init("t", 0);
        leader.disk().holdForces();
        // Far more than all windows on the way hold.
        int sent = 200;
        for (int i = 0; i < sent; i++) {
            frames.send(0, ProducedBatches.of("x".repeat(256 << 10)));
        }
        await().during(Duration.ofMillis(500)).until(() -> !frames.call().isReady());

        leader.disk().releaseForces();

        for (int i = 0; i < sent; i++) {
            assertThat(frames.nextResult().getWritten().getBaseOffset()).isEqualTo(i);
        }
        assertThat(frames.call().isReady()).isTrue();
    }

    @Test
    void deadlineGoesAlong() {
        leader.disk().holdForces();

        assertThatCall(() -> MessageQueueServiceGrpc.newBlockingStub(front.channel())
                        .withDeadlineAfter(300, TimeUnit.MILLISECONDS)
                        .publish(Requests.message("t", "late").build()))
                .hasCode(Code.DEADLINE_EXCEEDED);
    }

    @Test
    void callThatWasPassedOnIsNotPassedOnAgain() {
        Metadata headers = new Metadata();
        headers.put(Forwarding.FORWARDED_BY, "n7");
        assertThatCall(() -> front.queue()
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                        .publish(Requests.message("t", "x").build()))
                .hasCode(Code.UNAVAILABLE)
                .hasReason(Reason.NOT_LEADER)
                .hasText("'n7'")
                .saysWhenToRetry();
    }

    @Test
    void nodesThatTakeEachOtherForTheLeaderRefuse() throws IOException {
        SwitchedLeadership mistaken = new SwitchedLeadership();
        ServerFixture other = ServerFixture.with().ledBy(mistaken);
        other.beforeEach(null);
        try {
            mistaken.leads("front", front.address());
            leadership.leads("other", other.address());

            assertThatCall(() -> front.publish("t", "x"))
                    .hasCode(Code.UNAVAILABLE)
                    .hasReason(Reason.NOT_LEADER)
                    .hasText(front.broker().status().nodeId())
                    .saysWhenToRetry();
            assertThatEnd(other.subscribe(Requests.reader("t")).awaitEnd()).hasReason(Reason.NOT_LEADER);
        } finally {
            other.afterEach(null);
        }
    }

    @Test
    void leaderThatCannotBeReachedIsNamed() {
        leadership.leads("n1", InetSocketAddress.createUnresolved("127.0.0.1", 1));
        assertThatCall(() -> front.publish("t", "x"))
                .hasCode(Code.UNAVAILABLE)
                .hasReason(Reason.NOT_LEADER)
                .hasText("'n1'", "127.0.0.1:1")
                .saysWhenToRetry();
    }

    @Test
    void brokenConnectionToTheLeaderIsAFailureWithUnknownOutcome() throws IOException {
        FreezableProxy proxy = FreezableProxy.to(leader.address());
        try (proxy) {
            leadership.leads("n1", proxy.address());
            front.publish("t", "connected");
            leader.disk().holdForces();
            var call = front.futures().publish(Requests.message("t", "x").build());
            await().until(leader.disk()::isHanging);
            proxy.close();

            assertThatCall(call::get).hasCode(Code.UNAVAILABLE).hasText("'n1'", "not known");
        }
    }

    @Test
    void whatEachNodeKnowsOfItselfIsNotPassedOn() {
        assertThat(AdminServiceGrpc.newBlockingStub(front.channel())
                        .ping(PingRequest.getDefaultInstance())
                        .getNodeId())
                .isEqualTo(front.broker().status().nodeId());
        assertThat(HealthGrpc.newBlockingStub(front.channel())
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void streamsEndWhereTheNodeInBetweenStops() throws Exception {
        Tail tail = front.subscribe(Requests.reader("t"));
        Frames frames = Frames.open(front.calls());
        frames.init("t", 0);
        Consumption consumption = Consumption.open(front.calls());
        consumption.init(fromEarliest());
        awaitSubscriptions(2);

        front.server().close();

        assertThatEnd(tail.awaitEnd()).hasCode(Code.UNAVAILABLE).hasReason(Reason.SHUTTING_DOWN);
        assertThatEnd(frames.awaitFailure()).hasCode(Code.UNAVAILABLE).hasReason(Reason.SHUTTING_DOWN);
        assertThatEnd(consumption.awaitFailure()).hasCode(Code.UNAVAILABLE).hasReason(Reason.SHUTTING_DOWN);
        awaitSubscriptions(0);
    }
}
