package io.mq.bench.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.mq.proto.Assigned;
import io.mq.proto.ConsumeReady;
import io.mq.proto.ConsumeRequest;
import io.mq.proto.ConsumeResponse;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceImplBase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IdleSubscriptionsTest {

    private static final int ALL = Integer.MAX_VALUE;

    private final Consuming service = new Consuming();
    private final Set<SocketAddress> clients = ConcurrentHashMap.newKeySet();
    private Server server;

    @BeforeEach
    void start() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .intercept(new ClientsNoted())
                .addService(service)
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
    }

    private IdleSubscriptions open(int count, int connectionsMax) throws IOException, InterruptedException {
        return IdleSubscriptions.open("127.0.0.1:" + server.getPort(), "idle", count, connectionsMax);
    }

    @Test
    void allAreOpenAndShareTheConnections() throws IOException, InterruptedException {
        try (IdleSubscriptions open = open(25, 10)) {
            assertThat(service.opened.get()).isEqualTo(25);
            assertThat(service.credited.get()).isEqualTo(25);
            assertThat(clients).hasSize(10);
            assertThatCode(open::requireOpen).doesNotThrowAnyException();
        }
    }

    @Test
    void oneNeedsOneConnection() throws IOException, InterruptedException {
        try (IdleSubscriptions open = open(1, 100)) {
            assertThatCode(open::requireOpen).doesNotThrowAnyException();
            assertThat(clients).hasSize(1);
        }
    }

    @Test
    void oneThatIsRefusedIsAFailure() {
        service.openMax = 3;

        assertThatIOException().isThrownBy(() -> open(10, 2)).withMessageContaining("no more");
    }

    private final class ClientsNoted implements ServerInterceptor {

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            clients.add(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
            return next.startCall(call, headers);
        }
    }

    private static final class Consuming extends MessageQueueServiceImplBase {

        private final AtomicInteger opened = new AtomicInteger();
        private final AtomicInteger credited = new AtomicInteger();
        private volatile int openMax = ALL;

        @Override
        public StreamObserver<ConsumeRequest> consume(StreamObserver<ConsumeResponse> caller) {
            return new StreamObserver<>() {
                private boolean isOpen;

                @Override
                public void onNext(ConsumeRequest request) {
                    if (request.hasInit()) {
                        isOpen = init(caller);
                    } else if (isOpen
                            && request.getCredit().getBytes() > 0
                            && request.getCredit().getMessages() > 0) {
                        credited.incrementAndGet();
                        caller.onNext(ConsumeResponse.newBuilder()
                                .setAssigned(Assigned.newBuilder().setTopic("idle"))
                                .build());
                    }
                }

                @Override
                public void onError(Throwable t) {}

                @Override
                public void onCompleted() {}
            };
        }

        private boolean init(StreamObserver<ConsumeResponse> caller) {
            if (opened.incrementAndGet() > openMax) {
                caller.onError(
                        Status.RESOURCE_EXHAUSTED.withDescription("no more").asRuntimeException());
                return false;
            }
            caller.onNext(ConsumeResponse.newBuilder()
                    .setReady(ConsumeReady.getDefaultInstance())
                    .build());
            return true;
        }
    }
}
