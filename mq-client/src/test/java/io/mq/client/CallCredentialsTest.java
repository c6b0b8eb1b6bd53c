package io.mq.client;

import static io.mq.client.FakeBroker.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Metadata.Key;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who calls is said with every call, and asked for anew each time. */
@Timeout(60)
class CallCredentialsTest {

    private static final Key<String> AUTHORIZATION = Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final FakeBroker broker = FakeBroker.start(1);
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final FakeServer server =
            FakeServer.start(guarded(broker.service()), guarded(new FakeLeaderService().bindService()));

    @AfterEach
    void close() {
        server.close();
        broker.close();
    }

    private ServerServiceDefinition guarded(ServerServiceDefinition service) {
        return ServerInterceptors.intercept(service, new Guard());
    }

    /** Notes each call with its token, and lets in who has one that is not "wrong". */
    private final class Guard implements ServerInterceptor {

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            String token = headers.get(AUTHORIZATION);
            calls.add(call.getMethodDescriptor().getBareMethodName() + " " + token);
            if (token == null || token.equals("wrong")) {
                var refusal = FakeErrors.of(Status.UNAUTHENTICATED, "BAD_TOKEN");
                call.close(refusal.getStatus(), refusal.getTrailers());
                return new ServerCall.Listener<>() {};
            }
            return next.startCall(call, headers);
        }
    }

    private static CallCredentials credentials(Supplier<String> token) {
        return new CallCredentials() {
            @Override
            public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
                Metadata headers = new Metadata();
                headers.put(AUTHORIZATION, token.get());
                applier.apply(headers);
            }
        };
    }

    private static CallCredentials numberedTokens() {
        AtomicInteger number = new AtomicInteger();
        return credentials(() -> "token-" + number.incrementAndGet());
    }

    private static CallCredentials unobtainable() {
        return new CallCredentials() {
            @Override
            public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
                applier.fail(Status.UNAUTHENTICATED.withDescription("the token is nowhere to be had"));
            }
        };
    }

    private MqClient client(CallCredentials credentials) {
        return MqClient.forTarget(server.address()).callCredentials(credentials).build();
    }

    private static void publish(Producer producer, String text) {
        producer.send(Message.of(text)).join();
    }

    @Test
    void everyKindOfCallHasAToken() throws Exception {
        try (MqClient client = client(numberedTokens());
                Producer producer = client.producer(TOPIC);
                Consumer consumer =
                        client.consumer(ConsumerConfig.group("g", TOPIC).build())) {
            publish(producer, "a");
            assertThat(consumer.poll(Duration.ofSeconds(30))).hasSize(1);
            consumer.seek(new TopicPartition(TOPIC, 0), StartFrom.offset(0)).get();
        }
        assertThat(calls)
                .containsExactly("WatchLeader token-1", "PublishStream token-2", "Consume token-3", "Seek token-4");
    }

    @Test
    void streamThatIsOpenedAnewHasANewToken() {
        try (MqClient client = client(numberedTokens());
                Producer producer = client.producer(TOPIC)) {
            publish(producer, "a");
            broker.breakStreams();
            publish(producer, "b");
        }
        assertThat(calls).containsExactly("WatchLeader token-1", "PublishStream token-2", "PublishStream token-3");
        assertThat(broker.stored(0)).containsExactly("a", "b");
    }

    @Test
    void tokenThatTheServerRefusesIsToldAtOnce() {
        try (MqClient client = client(credentials(() -> "wrong"))) {
            MqException ofProducer = catchThrowableOfType(MqException.class, () -> client.producer(TOPIC));
            assertThat(ofProducer.code()).isEqualTo(Code.UNAUTHENTICATED);
            assertThat(ofProducer.reason()).isEqualTo("BAD_TOKEN");
            MqException ofConsumer = catchThrowableOfType(
                    MqException.class,
                    () -> client.consumer(ConsumerConfig.alone(TOPIC).build()));
            assertThat(ofConsumer.reason()).isEqualTo("BAD_TOKEN");
            assertThat(client.admin().deleteTopic(TOPIC))
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOfSatisfying(
                            MqException.class, e -> assertThat(e.reason()).isEqualTo("BAD_TOKEN"));
        }
        // A refusal is final: none of the calls was made twice.
        assertThat(calls)
                .containsExactly("WatchLeader wrong", "PublishStream wrong", "Consume wrong", "DeleteTopic wrong");
    }

    @Test
    void openProducerWhoseTokenIsRefusedLaterFails() {
        Iterator<String> tokens = List.of("right", "right", "wrong").iterator();
        CallCredentials expires = credentials(tokens::next);
        try (MqClient client = client(expires);
                Producer producer = client.producer(TOPIC)) {
            publish(producer, "a");
            broker.breakStreams();
            await().untilAsserted(() -> {
                MqException failure = catchThrowableOfType(
                        MqException.class, () -> producer.send(Message.of("b"), (published, why) -> {}));
                assertThat(failure).isNotNull();
                assertThat(failure.reason()).isEqualTo("BAD_TOKEN");
            });
        }
    }

    @Test
    void tokenThatCannotBeHadFailsTheCall() {
        try (MqClient client = client(unobtainable())) {
            MqException failure = catchThrowableOfType(MqException.class, () -> client.producer(TOPIC));
            assertThat(failure.code()).isEqualTo(Code.UNAUTHENTICATED);
            assertThat(failure).hasMessageContaining("the token is nowhere to be had");
        }
        assertThat(calls).isEmpty();
    }
}
