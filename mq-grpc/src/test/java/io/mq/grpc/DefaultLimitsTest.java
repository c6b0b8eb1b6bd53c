package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatCall;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.mq.core.error.Reason;
import io.mq.proto.Message;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The largest message of a server that nobody has configured. */
class DefaultLimitsTest {

    private static final int EIGHT_MIB = 8 << 20;

    @RegisterExtension
    final ServerFixture server = ServerFixture.with("mq.journal.file-bytes=64MiB", "mq.limits.message-bytes-max=8MiB");

    @Test
    void messageOfEightMebibytesIsTakenAndOneByteMoreIsNot() {
        byte[] payload = new byte[EIGHT_MIB];
        Arrays.fill(payload, (byte) 0x5A);
        server.createTopic("t", 1);

        var unused = server.queue().publish(Requests.message("t", payload).build());
        Message received = server.subscribe(Requests.reader("t")).await(1).get(0);

        assertThat(Arrays.equals(received.getPayload().toByteArray(), payload)).isTrue();
        assertThatCall(() -> server.queue()
                        .publish(Requests.message("t", new byte[EIGHT_MIB + 1]).build()))
                .hasCode(Code.INVALID_ARGUMENT)
                .hasReason(Reason.MESSAGE_TOO_LARGE);
    }
}
