package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatCall;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Status.Code;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.PublishResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls end when their caller has had enough, and the server takes no harm from it. */
class DeadlineTest {

    @RegisterExtension
    final ServerFixture server = ServerFixture.with();

    @BeforeEach
    void createTopic() {
        server.createTopic("t", 1);
    }

    @Test
    void publishThatTheDiskHoldsUpEndsAtItsDeadline() {
        server.disk().holdForces();

        assertThatCall(() -> MessageQueueServiceGrpc.newBlockingStub(server.channel())
                        .withDeadlineAfter(300, TimeUnit.MILLISECONDS)
                        .publish(Requests.message("t", "x").build()))
                .hasCode(Code.DEADLINE_EXCEEDED);
    }

    @Test
    void publishWhoseDeadlineHasPassedMayBeStoredAllTheSameAndDisturbsNobody() {
        server.disk().holdForces();
        for (int i = 0; i < 10; i++) {
            assertThatCall(() -> MessageQueueServiceGrpc.newBlockingStub(server.channel())
                            .withDeadlineAfter(50, TimeUnit.MILLISECONDS)
                            .publish(Requests.message("t", "late").build()))
                    .hasCode(Code.DEADLINE_EXCEEDED);
        }
        try (LogRecorder log = LogRecorder.ofWarnings()) {
            server.disk().releaseForces();
            long stored = server.publish("t", "after them").getOffset();

            assertThat(server.subscribe(Requests.reader("t")).awaitTexts((int) stored + 1))
                    .endsWith("after them")
                    .allMatch(text -> text.equals("late") || text.equals("after them"));
            assertThat(log.texts()).isEmpty();
        }
    }

    @Test
    void cancelledPublishesAreForgottenByTheirCallerAndDisturbNobody() throws Exception {
        server.disk().holdForces();
        List<Future<PublishResponse>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            calls.add(server.futures().publish(Requests.message("t", "m" + i).build()));
        }
        await().until(server.disk()::isHanging);
        for (int i = 0; i < 20; i += 2) {
            calls.get(i).cancel(true);
        }

        try (LogRecorder log = LogRecorder.ofWarnings()) {
            server.disk().releaseForces();

            for (int i = 0; i < 20; i++) {
                Future<PublishResponse> call = calls.get(i);
                if (i % 2 == 0) {
                    assertThatThrownBy(call::get).isInstanceOf(CancellationException.class);
                } else {
                    assertThat(call.get(ServerFixture.TIMEOUT_SECONDS, TimeUnit.SECONDS)
                                    .getMessageId())
                            .isNotEmpty();
                }
            }
            assertThat(server.publish("t", "after them").getMessageId()).isNotEmpty();
            assertThat(log.texts()).isEmpty();
        }
    }

    @Test
    void subscriptionsThatAreCancelledAtOnceLeaveNothingBehind() {
        server.publish("t", "x");
        try (LogRecorder log = LogRecorder.ofWarnings()) {
            for (int i = 0; i < 300; i++) {
                server.subscribe(i % 2 == 0 ? Requests.reader("t") : Requests.member("t", "g", "c" + i))
                        .cancel();
            }
            // A call that comes after them on the same connection.
            server.publish("t", "y");

            await().until(() -> server.broker().status().subscriptions() == 0);
            assertThat(server.broker().groups().names()).isEmpty();
            assertThat(log.texts()).allMatch(text -> text.contains("Stream closed before write could take place"));
        }
    }

    @Test
    void subscriptionThatStartsWhileMessagesArriveMissesNone() throws Exception {
        for (int round = 0; round < 50; round++) {
            String topic = "round-" + round;
            server.createTopic(topic, 1);
            Future<PublishResponse> first =
                    server.futures().publish(Requests.message(topic, "a").build());
            Tail tail = server.subscribe(Requests.reader(topic));
            Future<PublishResponse> second =
                    server.futures().publish(Requests.message(topic, "b").build());

            assertThat(tail.awaitTexts(2)).containsExactly("a", "b");
            for (Future<PublishResponse> published : List.of(first, second)) {
                assertThat(published
                                .get(ServerFixture.TIMEOUT_SECONDS, TimeUnit.SECONDS)
                                .getMessageId())
                        .isNotEmpty();
            }
        }
    }
}
