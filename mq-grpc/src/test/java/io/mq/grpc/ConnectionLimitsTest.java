package io.mq.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.grpc.Status.Code;
import io.mq.grpc.RawHttp2.Frame;
import io.mq.proto.ListTopicsRequest;
import io.mq.proto.MessageQueueServiceGrpc;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What one client may do to the server's connections, and that others do not suffer from it. */
class ConnectionLimitsTest {

    private static final String PUBLISH =
            MessageQueueServiceGrpc.getPublishMethod().getFullMethodName();

    private static final int CONNECTIONS_MAX = 3;
    private static final int CALLS_MAX = 5;
    private static final int RESETS_MAX = 20;

    @RegisterExtension
    final ServerFixture server = ServerFixture.with(
            "mq.grpc.connections-max=" + CONNECTIONS_MAX,
            "mq.grpc.calls-per-connection-max=" + CALLS_MAX,
            "mq.grpc.resets-per-connection-max=" + RESETS_MAX);

    /** The clients' own connection counts as one. */
    private void assertOthersGoOn() {
        assertThatCode(() -> server.queue().listTopics(ListTopicsRequest.getDefaultInstance()))
                .doesNotThrowAnyException();
    }

    @Test
    void connectionBeyondTheLimitIsClosedAndTheOthersGoOn() throws IOException {
        assertOthersGoOn();
        try (RawHttp2 second = RawHttp2.connect(server.address()).awaitSettings();
                RawHttp2 third = RawHttp2.connect(server.address()).awaitSettings()) {

            assertThat(tryToConnect()).isEmpty();
            assertThat(tryToConnect()).isEmpty();

            assertOthersGoOn();
            second.beginCall(1, PUBLISH);
            third.beginCall(1, PUBLISH);
        }
    }

    @Test
    void connectionThatIsClosedMakesRoomForAnother() throws IOException {
        assertOthersGoOn();
        for (int round = 0; round < 3; round++) {
            List<RawHttp2> full = new ArrayList<>();
            // The server may learn a moment later that those of the round before are closed.
            await().until(() -> {
                tryToConnect().ifPresent(full::add);
                return full.size() == CONNECTIONS_MAX - 1;
            });
            assertThat(tryToConnect()).isEmpty();
            for (RawHttp2 connection : full) {
                connection.close();
            }
        }
    }

    private Optional<RawHttp2> tryToConnect() throws IOException {
        try {
            return Optional.of(RawHttp2.connect(server.address()).awaitSettings());
        } catch (NoSuchElementException | SocketException refused) {
            return Optional.empty();
        }
    }

    @Test
    void callBeyondTheLimitOfAConnectionIsRefusedAndTheConnectionGoesOn() throws IOException {
        try (RawHttp2 connection = RawHttp2.connect(server.address()).awaitSettings()) {
            for (int call = 0; call <= CALLS_MAX; call++) {
                connection.beginCall(2 * call + 1, PUBLISH);
            }

            Frame refused = connection.await(RawHttp2.RST_STREAM).orElseThrow();
            assertThat(refused.stream()).isEqualTo(2 * CALLS_MAX + 1);
            assertThat(refused.error()).isEqualTo(RawHttp2.REFUSED_STREAM);

            connection.reset(1);
            connection.beginCall(2 * CALLS_MAX + 3, PUBLISH);
            connection.beginCall(2 * CALLS_MAX + 5, PUBLISH);
            assertThat(connection.await(RawHttp2.RST_STREAM).orElseThrow().stream())
                    .isEqualTo(2 * CALLS_MAX + 5);
        }
        assertOthersGoOn();
    }

    @Test
    void clientThatKeepsToTheLimitWaitsForItsOwnCallsAndOthersDoNot() {
        server.createTopic("t", 1);
        for (int i = 0; i < CALLS_MAX; i++) {
            server.subscribe(Requests.reader("t"));
        }
        await().until(() -> server.broker().status().subscriptions() == CALLS_MAX);

        Tail waiting = Tail.reading(server.calls().withDeadlineAfter(300, TimeUnit.MILLISECONDS), Requests.reader("t"));

        assertThat(waiting.awaitEnd().getStatus().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
        assertThat(ServerFixture.queue(server.newChannel())
                        .publish(Requests.message("t", "x").build())
                        .getOffset())
                .isZero();
    }

    @Test
    void connectionThatResetsTooManyCallsIsClosedAndTheOthersGoOn() throws IOException {
        assertOthersGoOn();
        try (RawHttp2 attacker = RawHttp2.connect(server.address()).awaitSettings()) {
            assertThat(resetMany(attacker, 2 * RESETS_MAX))
                    .hasValueSatisfying(goAway -> assertThat(goAway.error()).isEqualTo(RawHttp2.ENHANCE_YOUR_CALM));
            assertThat(attacker.await(RawHttp2.RST_STREAM))
                    .as("what follows the GOAWAY until the end of the connection")
                    .isEmpty();
        }
        assertOthersGoOn();
    }

    @Test
    void connectionThatResetsAFewCallsStays() throws IOException {
        try (RawHttp2 connection = RawHttp2.connect(server.address()).awaitSettings()) {
            for (int call = 0; call < RESETS_MAX; call++) {
                connection.beginCall(2 * call + 1, PUBLISH);
                connection.reset(2 * call + 1);
            }
            // Still served: what is one call too many is refused as ever.
            for (int call = RESETS_MAX; call <= RESETS_MAX + CALLS_MAX; call++) {
                connection.beginCall(2 * call + 1, PUBLISH);
            }
            assertThat(connection.await(RawHttp2.RST_STREAM))
                    .hasValueSatisfying(frame -> assertThat(frame.error()).isEqualTo(RawHttp2.REFUSED_STREAM));
        }
    }

    private static Optional<Frame> resetMany(RawHttp2 connection, int calls) throws IOException {
        try {
            for (int call = 0; call < calls; call++) {
                connection.beginCall(2 * call + 1, PUBLISH);
                connection.reset(2 * call + 1);
            }
        } catch (SocketException closedMeanwhile) {
            // What the server said before is there to be read.
        }
        return connection.await(RawHttp2.GOAWAY);
    }
}
