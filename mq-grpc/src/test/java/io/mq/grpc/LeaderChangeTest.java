package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatCall;
import static io.mq.grpc.FailedCallAssert.assertThatEnd;
import static io.mq.grpc.ServerFixture.TIMEOUT_SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status.Code;
import io.mq.core.error.Reason;
import io.mq.proto.AdminServiceGrpc;
import io.mq.proto.ConsumeInit;
import io.mq.proto.ConsumeRequest;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.PingRequest;
import io.mq.proto.PublishResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of calls while leaders come and go. */
class LeaderChangeTest {

    private final SwitchedLeadership leadership = new SwitchedLeadership();
    private final SwitchedLeadership othersLeadership = new SwitchedLeadership();

    @RegisterExtension
    final ServerFixture other = ServerFixture.with().ledBy(othersLeadership);

    @RegisterExtension
    final ServerFixture node = ServerFixture.with().ledBy(leadership);

    @BeforeEach
    void createTopics() {
        othersLeadership.thisNodeLeads();
        leadership.thisNodeLeads();
        other.createTopic("t", 1);
        node.createTopic("t", 1);
        leadership.nobodyLeads();
    }

    private void otherLeads() {
        leadership.leads("n1", other.address());
    }

    private Future<PublishResponse> beginPublish() {
        Future<PublishResponse> call =
                node.futures().publish(Requests.message("t", "patient").build());
        awaitTaken();
        return call;
    }

    /** What was sent on the connection before is there when this is answered. */
    private void awaitTaken() {
        var unused = AdminServiceGrpc.newBlockingStub(node.channel()).ping(PingRequest.getDefaultInstance());
    }

    private static void assertIsStored(Future<PublishResponse> call) throws Exception {
        assertThat(call.get(TIMEOUT_SECONDS, TimeUnit.SECONDS).getOffset()).isZero();
    }

    private void awaitSubscriptions(ServerFixture at, int count) {
        await().until(() -> at.broker().status().subscriptions() == count);
    }

    @Test
    void callWaitsForALeader() throws Exception {
        var call = beginPublish();
        assertThat(call.isDone()).isFalse();

        otherLeads();

        assertIsStored(call);
        assertThat(other.subscribe(Requests.reader("t")).awaitTexts(1)).containsExactly("patient");
    }

    @Test
    void callThatWaitedIsServedHereWhereThisNodeComesToLead() throws Exception {
        var call = beginPublish();
        Tail tail = node.subscribe(Requests.member("t", "g", "c"));
        Frames frames = Frames.open(node.calls());
        awaitTaken();

        leadership.thisNodeLeads();

        assertIsStored(call);
        assertThat(tail.awaitTexts(1)).containsExactly("patient");
        frames.init("t", 0);
        assertThat(frames.publish(0, ProducedBatches.of("next")).getWritten().getBaseOffset())
                .isEqualTo(1);
        assertThat(tail.awaitTexts(2)).containsExactly("patient", "next");
        frames.complete();
        frames.awaitEnd();
    }

    @Test
    void callThatTheLeaderCannotTakeGoesToTheNextOne() throws Exception {
        leadership.leads("gone", InetSocketAddress.createUnresolved("127.0.0.1", 1));
        var call = beginPublish();

        otherLeads();

        assertIsStored(call);
    }

    @Test
    void callsFailWhereThereIsNoLeaderForLong() {
        Tail tail = node.subscribe(Requests.reader("t"));
        assertThatCall(() -> node.publish("t", "x"))
                .hasCode(Code.UNAVAILABLE)
                .hasReason(Reason.NOT_LEADER)
                .hasText("no node leads")
                .saysWhenToRetry();
        assertThatEnd(tail.awaitEnd()).hasCode(Code.UNAVAILABLE).hasReason(Reason.NOT_LEADER);
    }

    @Test
    void deadlineEndsTheWait() {
        assertThatCall(() -> MessageQueueServiceGrpc.newBlockingStub(node.channel())
                        .withDeadlineAfter(50, TimeUnit.MILLISECONDS)
                        .publish(Requests.message("t", "late").build()))
                .hasCode(Code.DEADLINE_EXCEEDED);
    }

    @Test
    void callWhoseCallerHasGoneWaitsNoLonger() throws Exception {
        var call = beginPublish();
        call.cancel(true);
        awaitTaken();

        otherLeads();

        assertThat(node.publish("t", "next").getOffset()).isZero();
    }

    @Test
    void streamsToANodeThatLeadsNoMoreEnd() throws Exception {
        otherLeads();
        Tail tail = node.subscribe(Requests.reader("t"));
        Frames frames = Frames.open(node.calls());
        frames.init("t", 0);
        frames.send(0, ProducedBatches.of("a"));
        Consumption consumption = Consumption.join(node.calls(), "g", "c", "t");
        awaitSubscriptions(other, 2);

        leadership.nobodyLeads();

        assertThatEnd(tail.awaitEnd())
                .hasCode(Code.UNAVAILABLE)
                .hasReason(Reason.NOT_LEADER)
                .saysWhenToRetry();
        assertThatEnd(frames.awaitFailure()).hasCode(Code.UNAVAILABLE).hasReason(Reason.NOT_LEADER);
        assertThat(frames.nextResult().hasWritten()).isTrue();
        assertThatEnd(consumption.awaitFailure()).hasCode(Code.UNAVAILABLE).hasReason(Reason.NOT_LEADER);
        awaitSubscriptions(other, 0);
    }

    @Test
    void callsToAFrozenNodeEndWhereItLeadsNoMore() throws Exception {
        FreezableProxy proxy = FreezableProxy.to(other.address());
        try (proxy) {
            leadership.leads("n1", proxy.address());
            node.publish("t", "connected");
            Frames frames = Frames.open(node.calls());
            frames.init("t", 0);
            proxy.freeze();
            var call = node.futures().publish(Requests.message("t", "x").build());
            frames.send(0, ProducedBatches.of("y"));
            awaitTaken();

            leadership.nobodyLeads();

            assertThatCall(call::get).hasCode(Code.UNAVAILABLE).hasText("'n1'", "not known");
            assertThatEnd(frames.awaitFailure()).hasCode(Code.UNAVAILABLE).hasText("not known");
        }
    }

    @Test
    void ownStreamsEndWhereThisNodeLeadsNoMoreAndItsGroupsAreEmpty() throws Exception {
        leadership.thisNodeLeads();
        Tail tail = node.subscribe(Requests.member("t", "g", "a"));
        Consumption consumption = Consumption.join(node.calls(), "h", "b", "t");
        Frames frames = Frames.open(node.calls());
        frames.init("t", 0);
        Consumption silent = Consumption.open(node.calls());
        awaitSubscriptions(node, 2);

        otherLeads();

        assertThatEnd(tail.awaitEnd())
                .hasCode(Code.UNAVAILABLE)
                .hasReason(Reason.NOT_LEADER)
                .saysWhenToRetry();
        assertThatEnd(consumption.awaitFailure()).hasCode(Code.UNAVAILABLE).hasReason(Reason.NOT_LEADER);
        assertThatEnd(frames.awaitFailure()).hasCode(Code.UNAVAILABLE).hasReason(Reason.NOT_LEADER);
        awaitSubscriptions(node, 0);
        assertThat(node.broker().status().health().isReady()).isTrue();

        leadership.thisNodeLeads();

        Tail again = node.subscribe(Requests.member("t", "g", "a"));
        node.publish("t", "m");
        assertThat(again.awaitTexts(1)).containsExactly("m");
        silent.cancel();
    }

    @Test
    void consumerThatHasNotSaidWhatItWantsIsRefusedWhereThisNodeLeadsNoMore() throws Exception {
        leadership.thisNodeLeads();
        Consumption silent = Consumption.open(node.calls());
        awaitTaken();
        otherLeads();

        silent.send(ConsumeRequest.newBuilder()
                .setInit(ConsumeInit.newBuilder().addTopics("t"))
                .build());

        assertThatEnd(silent.awaitFailure()).hasCode(Code.UNAVAILABLE).hasReason(Reason.NOT_LEADER);
    }

    @Test
    void callsGoToEachLeaderInTurn() throws IOException {
        otherLeads();
        assertThat(node.publish("t", "there").getOffset()).isZero();
        leadership.thisNodeLeads();
        assertThat(node.publish("t", "here").getOffset()).isZero();
        otherLeads();
        assertThat(node.publish("t", "there again").getOffset()).isEqualTo(1);
    }
}
