package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatCall;
import static io.mq.grpc.FailedCallAssert.assertThatEnd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.grpc.Status.Code;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import io.mq.core.error.Reason;
import io.mq.proto.PublishResponse;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server that is closed finishes what it has begun, and leaves nothing behind. */
class ShutdownTest {

    /** The fixture's mq.shutdown-grace, and what closing may take beside it on a busy machine. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private static final Duration SLACK = Duration.ofSeconds(6);

    @RegisterExtension
    final ServerFixture server = ServerFixture.with();

    @Test
    void publishesInFlightAreAnsweredBeforeTheServerCloses() throws Exception {
        server.createTopic("t", 1);
        server.disk().holdForces();
        List<Future<PublishResponse>> inFlight = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            inFlight.add(server.futures().publish(Requests.message("t", "m" + i).build()));
        }
        await().until(server.disk()::isHanging);

        CompletableFuture<Void> closing = CompletableFuture.runAsync(server.server()::close);
        await().until(() -> !server.broker().status().health().isReady());
        assertThat(closing).isNotDone();
        server.disk().releaseForces();

        for (Future<PublishResponse> answer : inFlight) {
            assertThat(answer.get(ServerFixture.TIMEOUT_SECONDS, TimeUnit.SECONDS)
                            .getMessageId())
                    .isNotEmpty();
        }
        closing.get(ServerFixture.TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void subscriptionsEndWithUnavailableAndTheAdviceToComeBack() {
        server.createTopic("t", 1);
        Tail reader = server.subscribe(Requests.reader("t"));
        Tail member = server.subscribe(Requests.member("t", "g", "c"));
        await().until(() -> server.broker().status().subscriptions() == 2);

        server.server().close();

        for (Tail tail : List.of(reader, member)) {
            assertThatEnd(tail.awaitEnd())
                    .hasCode(Code.UNAVAILABLE)
                    .hasReason(Reason.SHUTTING_DOWN)
                    .saysWhenToRetry();
        }
    }

    @Test
    void subscriberThatComesWhileTheBrokerDrainsIsTurnedAway() {
        server.createTopic("t", 1);
        server.broker().drain();

        for (var request : List.of(Requests.reader("t"), Requests.member("t", "g", "c"))) {
            assertThatEnd(server.subscribe(request).awaitEnd())
                    .hasCode(Code.UNAVAILABLE)
                    .hasReason(Reason.SHUTTING_DOWN)
                    .saysWhenToRetry();
        }
        assertThat(server.publish("t", "everything else goes on").getOffset()).isZero();
    }

    @Test
    void subscribersThatKeepComingAreAllTurnedAwayAndNoneIsForgotten() {
        server.createTopic("t", 2);
        List<Tail> tails = new ArrayList<>();
        CompletableFuture<Void> draining = null;
        for (int i = 0; i < 2000; i++) {
            tails.add(server.subscribe(i % 2 == 0 ? Requests.reader("t") : Requests.member("t", "g", "c" + i)));
            if (i == 500) {
                draining = CompletableFuture.runAsync(server.broker()::drain);
            }
        }
        draining.join();

        assertThat(tails).allSatisfy(tail -> assertThatEnd(tail.awaitEnd()).hasReason(Reason.SHUTTING_DOWN));
        await().until(() -> server.broker().status().subscriptions() == 0);
        assertThat(server.broker().groups().names()).isEmpty();
    }

    @Test
    void portIsFreeAfterwards() {
        InetSocketAddress address = server.address();
        server.createTopic("t", 1);
        server.subscribe(Requests.reader("t"));

        server.server().close();

        assertThatCode(() -> {
                    try (ServerSocket socket = new ServerSocket()) {
                        socket.setReuseAddress(true);
                        socket.bind(address);
                    }
                })
                .doesNotThrowAnyException();
    }

    @Test
    void noThreadIsLeftBehind() throws Exception {
        server.createTopic("t", 1);
        server.publish("t", "x");
        server.subscribe(Requests.reader("t")).await(1);
        server.queue().describeTopic(Requests.describeTopic("t"));

        server.stop();

        // A thread that has ended its last task may take a moment to be gone.
        await().untilAsserted(() -> assertThat(threadsOfMq()).isEmpty());
    }

    static List<String> threadsOfMq() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("mq-"))
                .toList();
    }

    @Test
    void callsThatDoNotFinishHoldTheCloseNoLongerThanTheGrace() {
        server.createTopic("t", 1);
        server.disk().holdForces();
        Future<PublishResponse> stuck =
                server.futures().publish(Requests.message("t", "x").build());
        HealthGrpc.newStub(server.channel()).watch(HealthCheckRequest.getDefaultInstance(), new Ignored());
        await().until(server.disk()::isHanging);

        long start = System.nanoTime();
        server.server().close();

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isGreaterThanOrEqualTo(GRACE)
                .isLessThan(GRACE.plus(SLACK));
        assertThatCall(() -> stuck.get(ServerFixture.TIMEOUT_SECONDS, TimeUnit.SECONDS))
                .hasCodeIn(Code.UNAVAILABLE, Code.CANCELLED);
    }

    private static final class Ignored implements StreamObserver<HealthCheckResponse> {
        @Override
        public void onNext(HealthCheckResponse answer) {}

        @Override
        public void onError(Throwable t) {}

        @Override
        public void onCompleted() {}
    }

    @Test
    void publishesThatTheDiskReleasesAfterTheServerIsGoneDisturbNobody() throws Exception {
        server.createTopic("t", 1);
        server.disk().holdForces();
        List<Future<PublishResponse>> stuck = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            stuck.add(server.futures().publish(Requests.message("t", "x").build()));
        }
        await().until(server.disk()::isHanging);
        try (LogRecorder log = LogRecorder.ofWarnings()) {
            server.server().close();
            server.disk().releaseForces();
            server.broker().close();

            assertThat(log.texts()).isEmpty();
        }
        assertThat(stuck)
                .allSatisfy(call -> assertThatCall(() -> call.get(ServerFixture.TIMEOUT_SECONDS, TimeUnit.SECONDS))
                        .hasCodeIn(Code.UNAVAILABLE, Code.CANCELLED));
    }

    @Test
    void closingWithoutOpenCallsDoesNotWaitForTheGrace() {
        server.createTopic("t", 1);
        server.subscribe(Requests.reader("t"));
        await().until(() -> server.broker().status().subscriptions() == 1);

        long start = System.nanoTime();
        server.server().close();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(GRACE);
    }

    @Test
    void serverAndBrokerMayBeClosedTwice() throws Exception {
        server.stop();

        CompletableFuture<Void> again = CompletableFuture.runAsync(() -> {
            assertThatCode(server::stop).doesNotThrowAnyException();
        });
        again.get(ServerFixture.TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void clientsThatVanishWhileTheServerClosesDisturbNobody() throws Exception {
        ConcurrentLinkedQueue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> uncaught.add(e));
        try (LogRecorder log = LogRecorder.ofWarnings()) {
            server.createTopic("t", 1);
            for (int round = 0; round < 20; round++) {
                for (int i = 0; i < 20; i++) {
                    server.subscribe(Requests.reader("t"));
                }
                await().until(() -> server.broker().status().subscriptions() == 20);
                // The clients go first, at once followed by the server and the broker.
                server.stop();
                server.start();
            }
            assertThat(log.texts()).isEmpty();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(uncaught).isEmpty();
    }

    @Test
    void closingWhileAClientWatchesTheHealthLogsNoWarning() {
        HealthGrpc.newStub(server.channel()).watch(HealthCheckRequest.getDefaultInstance(), new Ignored());
        HealthGrpc.newBlockingStub(server.channel()).check(HealthCheckRequest.getDefaultInstance());

        try (LogRecorder log = LogRecorder.ofWarnings()) {
            server.server().close();

            assertThat(log.texts()).isEmpty();
        }
    }
}
