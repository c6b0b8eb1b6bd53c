package io.mq.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that begin and do not go on. */
class InboundBudgetTest {

    private static final int STREAMS = 40;
    private static final int PIECE = 60_000;

    @RegisterExtension
    final ServerFixture server = ServerFixture.with("mq.limits.in-flight-bytes-max=1MiB");

    /** The beginning of a request that says it has a million bytes. */
    private static byte[] beginning() {
        return ByteBuffer.allocate(PIECE).put((byte) 0).putInt(1_000_000).array();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Publish", "PublishStream", "PublishBatch"})
    void callsBeyondTheBoundAreEndedAndOthersGoOn(String method) throws IOException {
        server.createTopic("t", 1);
        try (RawHttp2 client = RawHttp2.connect(server.address()).awaitSettings()) {
            for (int i = 0; i < STREAMS; i++) {
                int stream = 2 * i + 1;
                client.beginCall(stream, "mq.MessageQueueService/" + method);
                client.data(stream, beginning());
                // Other calls are no larger than what is left, and go through.
                assertThat(server.publish("t", "m" + i).getOffset()).isEqualTo(i);
            }
            // 2.4 MB have begun to arrive, and 1 MiB may.
            for (int ended = 0; ended < STREAMS - (1 << 20) / PIECE - 1; ended++) {
                assertThat(client.await(RawHttp2.HEADERS))
                        .as("end of call %d", ended)
                        .isPresent();
            }
        }
    }

    @Test
    void callsThatAreGoneCountNoMore() throws IOException {
        server.createTopic("t", 1);
        for (int round = 0; round < 5; round++) {
            try (RawHttp2 client = RawHttp2.connect(server.address()).awaitSettings()) {
                for (int i = 0; i < 10; i++) {
                    client.beginCall(2 * i + 1, "mq.MessageQueueService/Publish");
                    client.data(2 * i + 1, beginning());
                }
            }
        }
        String large = "x".repeat(500_000);
        await().ignoreExceptions().until(() -> server.publish("t", large).getOffset() >= 0);
        for (int i = 0; i < 20; i++) {
            assertThat(server.publish("t", large).getMessageId()).isNotEmpty();
        }
    }
}
