package io.mq.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.mq.proto.PublishRequest;
import io.mq.proto.PublishResponse;
import io.mq.proto.SubscribeRequest;
import io.mq.system.process.ServerOptions;
import io.mq.system.process.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM: what was begun is finished, subscribers are told, and the next start has nothing to make up for. */
class StopIT {

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
    private static final int IN_FLIGHT = 200;

    @TempDir
    private Path directory;

    @Test
    void whatIsInFlightIsAnsweredAndTheExitStatusIsZero() throws Exception {
        ServerOptions options = ServerOptions.in(directory);
        AtomicInteger acknowledged = new AtomicInteger();
        Queue<Status> failures = new ConcurrentLinkedQueue<>();
        CompletableFuture<Status> subscriptionEnd = new CompletableFuture<>();
        try (ServerProcess server = ServerProcess.start(options);
                TestClient client = new TestClient(server.grpcAddress())) {
            client.createTopic("t", 1);
            client.publish("t", "first");
            client.async().subscribe(SubscribeRequest.newBuilder().setTopic("t").build(), new EndOf<>(subscriptionEnd));
            for (int i = 0; i < IN_FLIGHT; i++) {
                client.async().publish(publish(i), new Counting(acknowledged, failures));
            }

            server.terminate();

            assertThat(server.awaitExit(STOP_TIMEOUT)).contains(0);
        }
        Status end = subscriptionEnd.get(10, TimeUnit.SECONDS);
        assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(failures).allMatch(status -> status.getCode() == Status.Code.UNAVAILABLE);
        assertThat(acknowledged.get() + failures.size()).isEqualTo(IN_FLIGHT);

        try (ServerProcess server = ServerProcess.start(options);
                RestClient rest = new RestClient(server.httpUrl())) {
            assertThat(rest.get("/api/v1/node").body()).contains("\"commands\":0");
            assertThat(rest.get("/api/v1/topics/t").body())
                    .contains("\"endOffset\":%d".formatted(1 + acknowledged.get()));
        }
    }

    private static PublishRequest publish(int number) {
        return PublishRequest.newBuilder()
                .setTopic("t")
                .putHeaders("number", Integer.toString(number))
                .build();
    }

    private record Counting(AtomicInteger acknowledged, Queue<Status> failures)
            implements StreamObserver<PublishResponse> {

        @Override
        public void onNext(PublishResponse response) {
            acknowledged.incrementAndGet();
        }

        @Override
        public void onError(Throwable t) {
            failures.add(((StatusRuntimeException) t).getStatus());
        }

        @Override
        public void onCompleted() {}
    }

    private record EndOf<T>(CompletableFuture<Status> end) implements StreamObserver<T> {

        @Override
        public void onNext(T message) {}

        @Override
        public void onError(Throwable t) {
            end.complete(((StatusRuntimeException) t).getStatus());
        }

        @Override
        public void onCompleted() {
            end.complete(Status.OK);
        }
    }
}
