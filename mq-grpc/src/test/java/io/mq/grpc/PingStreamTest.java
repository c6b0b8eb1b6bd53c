package io.mq.grpc;

import static io.mq.grpc.FailedCallAssert.assertThatEnd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.mq.core.error.Reason;
import io.mq.proto.AdminServiceGrpc;
import io.mq.proto.PingRequest;
import io.mq.proto.PingResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PingStreamTest {

    /** The smallest window that HTTP/2 starts with. */
    private static final int WINDOW = 65_535;

    private static final int PAYLOAD_BYTES = 1000;

    /** Several times what the windows of both directions and gRPC's own buffers hold. */
    private static final int MORE_THAN_FIT = 5000;

    @RegisterExtension
    final ServerFixture server = ServerFixture.with();

    @Test
    void eachRequestIsAnsweredInItsTurnAndTheEndWithAnEnd() {
        Echo echo = Echo.open(server.channel(), true);

        for (int i = 0; i < 100; i++) {
            echo.send(i);
        }
        echo.call.onCompleted();

        await().until(() -> echo.end != null);
        assertThat(echo.end.getStatus().getCode()).isEqualTo(Code.OK);
        assertThat(echo.numbers()).isEqualTo(numbersTo(100));
        assertThat(echo.answers.get(0).getNodeId())
                .isEqualTo(server.broker().status().nodeId());
        assertThat(echo.answers.get(0).getPayload().size()).isEqualTo(PAYLOAD_BYTES);
    }

    @Test
    void callerThatDoesNotReadIsNotReadFrom() {
        Echo echo = Echo.open(server.newChannel(builder -> builder.flowControlWindow(WINDOW)), false);

        for (int i = 0; i < MORE_THAN_FIT; i++) {
            echo.send(i);
        }

        // Were it read from, all requests would have left the client within a moment.
        await().during(Duration.ofMillis(500)).until(() -> !echo.call.isReady());
        assertThat(AdminServiceGrpc.newBlockingStub(server.channel())
                        .ping(PingRequest.getDefaultInstance())
                        .getNodeId())
                .as("another caller's answer")
                .isNotEmpty();
        echo.call.request(MORE_THAN_FIT);
        await().until(() -> echo.answers.size() == MORE_THAN_FIT);
        assertThat(echo.numbers()).isEqualTo(numbersTo(MORE_THAN_FIT));
    }

    @Test
    void callerThatGoesAwayLeavesOthersAlone() {
        Echo gone = Echo.open(server.channel(), true);
        Echo other = Echo.open(server.channel(), true);
        gone.send(0);
        await().until(() -> gone.answers.size() == 1);

        gone.call.cancel("the test is over with it", null);
        other.send(1);

        await().until(() -> other.answers.size() == 1);
        assertThat(other.end).isNull();
    }

    @Test
    void stopOfTheServerEndsAnOpenStreamAtOnce() {
        Echo echo = Echo.open(server.channel(), true);
        echo.send(0);
        await().until(() -> echo.answers.size() == 1);

        server.server().close();

        await().until(() -> echo.end != null);
        assertThatEnd(echo.end)
                .hasCode(Code.UNAVAILABLE)
                .hasReason(Reason.SHUTTING_DOWN)
                .saysWhenToRetry();
    }

    private static List<Integer> numbersTo(int end) {
        return IntStream.range(0, end).boxed().toList();
    }

    /** A client's PingStream call: keeps its answers and how it ends. */
    private static final class Echo implements ClientResponseObserver<PingRequest, PingResponse> {

        private final boolean isReading;
        private final List<PingResponse> answers = new CopyOnWriteArrayList<>();
        private ClientCallStreamObserver<PingRequest> call;
        private volatile StatusRuntimeException end;

        private Echo(boolean isReading) {
            this.isReading = isReading;
        }

        static Echo open(ManagedChannel channel, boolean isReading) {
            Echo opened = new Echo(isReading);
            var unused = AdminServiceGrpc.newStub(channel).pingStream(opened);
            return opened;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<PingRequest> stream) {
            call = stream;
            if (!isReading) {
                stream.disableAutoRequestWithInitial(0);
            }
        }

        void send(int number) {
            ByteBuffer payload = ByteBuffer.allocate(PAYLOAD_BYTES).putInt(0, number);
            call.onNext(PingRequest.newBuilder()
                    .setPayload(ByteString.copyFrom(payload))
                    .build());
        }

        List<Integer> numbers() {
            return answers.stream()
                    .map(answer -> answer.getPayload().asReadOnlyByteBuffer().getInt(0))
                    .toList();
        }

        @Override
        public void onNext(PingResponse answer) {
            answers.add(answer);
        }

        @Override
        public void onError(Throwable failure) {
            end = (StatusRuntimeException) failure;
        }

        @Override
        public void onCompleted() {
            end = Status.OK.asRuntimeException();
        }
    }
}
