package io.mq.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mq.core.config.Configuration;
import io.mq.core.error.StartupException;
import io.mq.proto.MessageQueueServiceGrpc;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A client that is gone without a word is found out by asking it. */
class DeadPeerTest {

    private static final Duration KEEPALIVE_TIME = Duration.ofSeconds(10);
    private static final Duration KEEPALIVE_TIMEOUT = Duration.ofMillis(500);
    private static final Duration SLACK = Duration.ofSeconds(10);

    @RegisterExtension
    final ServerFixture server = ServerFixture.with("mq.grpc.keepalive-time=10s", "mq.grpc.keepalive-timeout=500ms");

    @Test
    void silentConnectionsAreGivenUpAndTheirPartitionsGoToOthers() throws IOException {
        server.createTopic("t", 1);
        server.publish("t", "m0");
        server.publish("t", "m1");
        try (FreezableProxy proxy = FreezableProxy.to(server.address());
                Socket mute = new Socket(
                        server.address().getAddress(), server.address().getPort())) {
            Tail dead = Tail.reading(
                    MessageQueueServiceGrpc.newStub(server.newChannel(proxy.address(), builder -> {})),
                    Requests.member("t", "g", "dead"));
            dead.await(2);
            var unused = server.queue().commitOffset(Requests.commit("t", "g", 0, 1));
            Tail heir = server.subscribe(Requests.member("t", "g", "heir"));
            await().until(() -> server.broker().status().subscriptions() == 2);

            proxy.freeze();
            long start = System.nanoTime();
            await().atMost(KEEPALIVE_TIME.plus(KEEPALIVE_TIMEOUT).plus(SLACK)).until(() -> heir.count() > 0);

            assertThat(heir.texts()).containsExactly("m1");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(KEEPALIVE_TIMEOUT);
            assertThat(heir.end()).isEmpty();
            await().until(() -> server.broker().status().subscriptions() == 1);
            assertIsClosedByTheServer(mute);
        }
    }

    /** A connection that never says anything is no client, and is not kept either. */
    private static void assertIsClosedByTheServer(Socket mute) throws IOException {
        mute.setSoTimeout((int) SLACK.toMillis());
        byte[] buffer = new byte[1024];
        int n = mute.getInputStream().read(buffer);
        while (n >= 0) {
            n = mute.getInputStream().read(buffer);
        }
    }

    /** gRPC asks every ten seconds at the most, whatever it is told. */
    @Test
    void keepaliveTimeThatWouldHaveNoEffectIsRefused() {
        assertThatThrownBy(() -> Configuration.read(
                        Set.of(), key -> key.equals("mq.grpc.keepalive-time") ? Optional.of("9s") : Optional.empty()))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("mq.grpc.keepalive-time=9s");
    }
}
