package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatCall;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.mq.core.error.Reason;
import io.mq.proto.Message;
import io.mq.proto.PublishRequest;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever goes in comes out, byte for byte, up to the limits and not a byte beyond them. */
class MessageContentTest {

    private static final int MESSAGE_BYTES_MAX = 1 << 20;
    private static final int HEADER_BYTES_MAX = 64 << 10;
    private static final int KEY_BYTES_MAX = 64 << 10;

    /** What a call's frame may have beyond the largest message. */
    private static final int FRAME_OVERHEAD = 1 << 20;

    @RegisterExtension
    final ServerFixture server = ServerFixture.with();

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @BeforeEach
    void createTopic() {
        server.createTopic("t", 1);
    }

    private ByteString bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    private static PublishRequest.Builder request() {
        return PublishRequest.newBuilder().setTopic("t");
    }

    private void assertComesBackAsItWas(PublishRequest request) {
        var unused = server.queue().publish(request);
        Message received = server.subscribe(Requests.reader("t")).await(1).get(0);

        assertThat(received.getPayload()).as("payload, seed %d", seed).isEqualTo(request.getPayload());
        assertThat(received.getHeadersMap()).isEqualTo(request.getHeadersMap());
        assertThat(received.hasKey()).isEqualTo(request.hasKey());
        assertThat(received.getKey()).as("key, seed %d", seed).isEqualTo(request.getKey());
    }

    private void assertNothingIsStored() {
        assertThat(server.publish("t", "the first one that was taken").getOffset())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 64 << 10, MESSAGE_BYTES_MAX})
    void payloadComesBackByteForByte(int size) {
        assertComesBackAsItWas(request().setPayload(bytes(size)).build());
    }

    @Test
    void payloadOneBytePastTheLimitIsRefused() {
        assertThatCall(() -> server.queue()
                        .publish(request()
                                .setPayload(bytes(MESSAGE_BYTES_MAX + 1))
                                .build()))
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.MESSAGE_TOO_LARGE)
                .hasMetadata("bytes", Integer.toString(MESSAGE_BYTES_MAX + 1))
                .hasMetadata("max", Integer.toString(MESSAGE_BYTES_MAX))
                .names("payload")
                .hasText("mq.limits.message-bytes-max")
                .doesNotAdviseToRetry();
        assertNothingIsStored();
    }

    @Test
    void limitCountsKeyPayloadAndHeadersTogether() {
        PublishRequest.Builder full =
                request().setKey(bytes(100)).putHeaders("name", "value").setPayload(bytes(MESSAGE_BYTES_MAX - 109));

        assertThatCall(() -> server.queue()
                        .publish(full.clone().putHeaders("name", "value!").build()))
                .hasReason(Reason.MESSAGE_TOO_LARGE);
        assertThatCall(() ->
                        server.queue().publish(full.clone().setKey(bytes(101)).build()))
                .hasReason(Reason.MESSAGE_TOO_LARGE);
        assertComesBackAsItWas(full.build());
    }

    @Test
    void frameBeyondWhatTheServerReadsIsRefusedClearlyAndTheConnectionGoesOn() {
        assertThatCall(() -> server.queue()
                        .publish(request()
                                .setPayload(bytes(MESSAGE_BYTES_MAX + FRAME_OVERHEAD + 1))
                                .build()))
                .hasCode(Code.RESOURCE_EXHAUSTED)
                .hasText("exceeds maximum size", Integer.toString(MESSAGE_BYTES_MAX + FRAME_OVERHEAD));
        assertNothingIsStored();
    }

    @Test
    void messageWithoutAnythingComesBackAsSuch() {
        assertComesBackAsItWas(request().build());
    }

    @Test
    void headersComeBackInAnyScript() {
        assertComesBackAsItWas(request()
                .putHeaders("größe", "übermäßig")
                .putHeaders("鍵", "値")
                .putHeaders("😀", "👩‍👩‍👧‍👦")
                .putHeaders("empty", "")
                .putHeaders("", "empty name")
                .putHeaders("control", "\u0000\u0001\n\t")
                .build());
    }

    @Test
    void headersOfExactlyTheLimitAreTaken() {
        assertComesBackAsItWas(
                request().putHeaders("name", "v".repeat(HEADER_BYTES_MAX - 4)).build());
    }

    @Test
    void headersOneBytePastTheLimitAreRefused() {
        assertThatCall(() -> server.queue()
                        .publish(request()
                                .putHeaders("name", "v".repeat(HEADER_BYTES_MAX - 3))
                                .build()))
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.HEADERS_TOO_LARGE)
                .hasMetadata("max", Integer.toString(HEADER_BYTES_MAX))
                .names("headers")
                .hasText("mq.limits.header-bytes-max");
        assertNothingIsStored();
    }

    @Test
    void headerLimitCountsUtf8BytesOfAllNamesAndValues() {
        assertThatCall(() -> server.queue()
                        .publish(request()
                                .putHeaders("a", "é".repeat(HEADER_BYTES_MAX / 4))
                                .putHeaders("b", "é".repeat(HEADER_BYTES_MAX / 4))
                                .build()))
                .hasReason(Reason.HEADERS_TOO_LARGE)
                .hasMetadata("bytes", Integer.toString(HEADER_BYTES_MAX + 2));
    }

    @Test
    void emptyKeyIsAnotherThanNone() {
        assertComesBackAsItWas(request().setKey(ByteString.EMPTY).build());
        Map<Boolean, String> withoutKey = Map.of(false, "no key");
        var unused = server.queue()
                .publish(Requests.message("t", withoutKey.get(false)).build());

        Message second = server.subscribe(Requests.reader("t")).await(2).get(1);
        assertThat(second.hasKey()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 255, KEY_BYTES_MAX})
    void binaryKeyComesBackByteForByte(int size) {
        assertComesBackAsItWas(
                request().setKey(bytes(size)).setPayload(bytes(10)).build());
    }

    @Test
    void keyOneBytePastTheLimitIsRefused() {
        assertThatCall(() -> server.queue()
                        .publish(request().setKey(bytes(KEY_BYTES_MAX + 1)).build()))
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.MESSAGE_TOO_LARGE)
                .names("key")
                .hasText("mq.limits.key-bytes-max");
        assertNothingIsStored();
    }

    @Test
    void randomMessagesComeBackInOrderAsTheyWere() {
        PublishRequest[] requests = new PublishRequest[100];
        for (int i = 0; i < requests.length; i++) {
            PublishRequest.Builder request = request().setPayload(bytes(random.nextInt(3000)));
            for (int header = random.nextInt(4); header > 0; header--) {
                request.putHeaders("h" + header, Long.toString(random.nextLong(), Character.MAX_RADIX));
            }
            if (random.nextBoolean()) {
                request.setKey(bytes(random.nextInt(20)));
            }
            requests[i] = request.build();
            var unused = server.queue().publish(requests[i]);
        }

        var received = server.subscribe(Requests.reader("t")).await(requests.length);

        for (int i = 0; i < requests.length; i++) {
            Message message = received.get(i);
            PublishRequest request = requests[i];
            assertThat(message.getPayload()).as("message %d, seed %d", i, seed).isEqualTo(request.getPayload());
            assertThat(message.getHeadersMap())
                    .as("message %d, seed %d", i, seed)
                    .isEqualTo(request.getHeadersMap());
            assertThat(message.hasKey()).as("message %d, seed %d", i, seed).isEqualTo(request.hasKey());
            assertThat(message.getKey()).as("message %d, seed %d", i, seed).isEqualTo(request.getKey());
        }
    }
}
