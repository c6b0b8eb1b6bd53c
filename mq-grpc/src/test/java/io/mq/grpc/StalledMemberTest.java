package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatEnd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.mq.core.error.Reason;
import io.mq.proto.MessageQueueServiceGrpc;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A group member that takes nothing while messages wait for it has to make room. */
class StalledMemberTest {

    private static final int WINDOW = 65_535;

    @RegisterExtension
    final ServerFixture server = ServerFixture.with("mq.delivery.stall-timeout=500ms");

    private ManagedChannel smallWindow() {
        return server.newChannel(builder -> builder.flowControlWindow(WINDOW));
    }

    @Test
    void stalledMemberIsEndedAndItsPartitionsGoToOthersFromTheCommittedOffset() throws Exception {
        server.createTopic("t", 1);
        server.fill("t", 60, 10_000);
        Tail stalled =
                Tail.notReading(MessageQueueServiceGrpc.newStub(smallWindow()), Requests.member("t", "g", "stalled"));
        await().until(() -> server.broker().status().subscriptions() == 1);
        var unused = server.queue().commitOffset(Requests.commit("t", "g", 0, 5));
        Tail heir = server.subscribe(Requests.member("t", "g", "heir"));

        assertThat(heir.await(55).get(0).getOffset()).isEqualTo(5);
        stalled.take(1000);

        assertThatEnd(stalled.awaitEnd())
                .hasCode(Code.ABORTED)
                .hasReason(Reason.SUBSCRIBER_STALLED)
                .hasMetadata("consumer_id", "stalled")
                .hasText("mq.delivery.stall-timeout");
    }

    @Test
    void memberThatIsSlowButTakesMessagesStays() throws Exception {
        server.createTopic("t", 1);
        server.fill("t", 60, 10_000);
        Tail slow = Tail.notReading(MessageQueueServiceGrpc.newStub(smallWindow()), Requests.member("t", "g", "slow"));

        for (int taken = 1; taken <= 60; taken++) {
            slow.take(1);
            slow.await(taken);
            // Longer in all than the stall timeout, which each message by itself is far from.
            await().pollDelay(Duration.ofMillis(20)).until(() -> true);
        }

        assertThat(slow.end()).isEmpty();
    }

    @Test
    void memberWithoutMessagesToTakeStaysHoweverLong() {
        server.createTopic("t", 1);
        server.publish("t", "only");
        Tail reading = server.subscribe(Requests.member("t", "g", "reading"));
        Tail notReading = Tail.notReading(server.calls(), Requests.member("t", "h", "not-reading"));
        await().until(() -> server.broker().status().subscriptions() == 2);

        await().during(Duration.ofMillis(1500))
                .until(() -> server.broker().status().subscriptions() == 2);

        assertThat(List.of(reading.end(), notReading.end())).allMatch(Optional::isEmpty);
    }
}
