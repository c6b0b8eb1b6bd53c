package io.mq.bench.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.mq.bench.server.Channels;
import io.mq.proto.AdminServiceGrpc;
import io.mq.proto.PingRequest;
import io.mq.proto.PingResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {

    private static final int IN_FLIGHT = 10;
    private static final int ENOUGH = 100;
    private static final PingRequest REQUEST =
            PingRequest.newBuilder().setPayload(ByteString.copyFromUtf8("x")).build();

    private final EchoService service = new EchoService();
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .addService(service)
                .build()
                .start();
        channel = Channels.connect("127.0.0.1:" + server.getPort());
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    private ClosedLoop unary() {
        return new UnaryLoop<>(channel, AdminServiceGrpc.getPingMethod(), REQUEST, IN_FLIGHT);
    }

    private ClosedLoop stream() {
        return new StreamLoop<>(
                channel,
                AdminServiceGrpc.getPingStreamMethod(),
                REQUEST,
                REQUEST,
                answer -> answer.getNodeId().equals("refused"),
                IN_FLIGHT);
    }

    @Test
    void callsAreCountedAndNoneIsLeftOpen() throws IOException {
        assertThat(unary().run(this::isEnough)).isPositive();
        assertThat(service.ended.get()).isEqualTo(service.answered.get());
    }

    @Test
    void aStreamIsAnsweredInFullBeforeItEnds() throws IOException {
        long start = System.nanoTime();

        double rate = stream().run(this::isEnough);

        // All but the one that opened the stream and those that were answered after the time.
        double secondsAtTheMost = (System.nanoTime() - start) / 1e9;
        assertThat(rate).isBetween(ENOUGH / 2 / secondsAtTheMost, Double.MAX_VALUE);
        assertThat(service.ended.get()).isEqualTo(1);
    }

    private boolean isEnough() {
        return service.answered.get() >= ENOUGH;
    }

    @Test
    void theTimeEndsALoopThatNothingElseEnds() throws IOException {
        assertThat(stream().run(Duration.ZERO)).isNotNegative();
        assertThat(service.ended.get()).isEqualTo(1);
    }

    @Test
    void aRefusalWithinAStreamIsAFailure() {
        service.nodeId = "refused";

        assertThatIOException().isThrownBy(() -> stream().run(() -> false)).withMessageContaining("refused");
    }

    @Test
    void aCallThatFailsIsAFailure() {
        service.failure = Status.RESOURCE_EXHAUSTED.withDescription("too much");

        assertThatIOException().isThrownBy(() -> unary().run(() -> false)).withMessageContaining("too much");
        assertThatIOException().isThrownBy(() -> stream().run(() -> false)).withMessageContaining("too much");
    }

    private static final class EchoService extends AdminServiceGrpc.AdminServiceImplBase {

        private final AtomicInteger answered = new AtomicInteger();
        private final AtomicInteger ended = new AtomicInteger();
        private volatile String nodeId = "";
        private volatile Status failure = Status.OK;

        @Override
        public void ping(PingRequest request, StreamObserver<PingResponse> caller) {
            StreamObserver<PingRequest> stream = pingStream(caller);
            stream.onNext(request);
            if (failure.isOk()) {
                stream.onCompleted();
            }
        }

        @Override
        public StreamObserver<PingRequest> pingStream(StreamObserver<PingResponse> caller) {
            return new StreamObserver<>() {
                @Override
                public void onNext(PingRequest request) {
                    if (!failure.isOk()) {
                        caller.onError(failure.asRuntimeException());
                        return;
                    }
                    answered.incrementAndGet();
                    caller.onNext(PingResponse.newBuilder().setNodeId(nodeId).build());
                }

                @Override
                public void onError(Throwable t) {}

                @Override
                public void onCompleted() {
                    ended.incrementAndGet();
                    caller.onCompleted();
                }
            };
        }
    }
}
