package io.mq.client;

import static io.mq.client.FakeBroker.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.grpc.InsecureServerCredentials;
import io.grpc.NameResolverRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two servers that share what they store, as those of a cluster do. */
@Timeout(60)
class AddressListTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final FakeBroker broker = FakeBroker.start(1);
    private final FakeServer first = FakeServer.start(broker.service());
    private final FakeServer second = FakeServer.start(broker.service());

    @AfterEach
    void close() {
        broker.letGo();
        first.close();
        second.close();
        broker.close();
    }

    private static MqClient client(Object... addresses) {
        return MqClient.forAddresses(
                        List.of(addresses).stream().map(Object::toString).toList())
                .build();
    }

    private static List<CompletableFuture<Published>> send(Producer producer, int from, int to) {
        List<CompletableFuture<Published>> futures = new ArrayList<>();
        for (int i = from; i < to; i++) {
            futures.add(producer.send(Message.of("m" + i)));
        }
        return futures;
    }

    private static List<String> numbered(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "m" + i).toList();
    }

    private static List<String> poll(Consumer consumer, int count) {
        List<String> all = new ArrayList<>();
        await().atMost(PATIENCE).until(() -> {
            consumer.poll(Duration.ofMillis(200)).forEach(message -> all.add(message.payloadText()));
            return all.size() >= count;
        });
        return all;
    }

    private static void assertWorks(MqClient client) {
        try (Producer producer = client.producer(TOPIC);
                Consumer consumer = client.consumer(ConsumerConfig.alone(TOPIC).build())) {
            producer.send(Message.of("a")).join();
            assertThat(poll(consumer, 1)).containsExactly("a");
        }
    }

    @Test
    void firstAddressIsUsedWhileItAnswers() {
        try (FakeBroker other = FakeBroker.start(1);
                MqClient client = client(first.address(), other.address())) {
            assertWorks(client);
            assertThat(other.streamsSeen()).isZero();
        }
    }

    @Test
    void addressThatRefusesIsPassedOver() {
        try (DeadAddress dead = new DeadAddress();
                MqClient client = client(dead, second.address())) {
            assertWorks(client);
        }
    }

    @Test
    void addressThatIsSilentIsPassedOverWithinTheDeadline() {
        try (SilentAddress silent = new SilentAddress();
                MqClient client = client(silent, second.address())) {
            assertWorks(client);
        }
    }

    @Test
    void hostThatNobodyKnowsIsPassedOver() {
        try (MqClient client = client("no..where:1", second.address())) {
            assertWorks(client);
        }
    }

    @Test
    void addressMayBeOfIpv6() {
        try (MqClient client = client("[::1]:1", second.address())) {
            assertWorks(client);
        }
    }

    @Test
    void failureNamesTheAddressesWhereNoHostIsKnown() {
        try (MqClient client = MqClient.forAddresses(List.of("no..where:1", "nor..there:2"))
                .deadline(Duration.ofMillis(500))
                .build()) {
            assertThat(catchThrowableOfType(MqException.class, () -> client.producer(TOPIC)))
                    .hasMessageContaining("no..where:1")
                    .hasMessageContaining("nor..there:2");
        }
    }

    @Test
    void producerGoesOnWithTheOtherServerAndLosesNothing() {
        try (MqClient client = client(first.address(), second.address());
                Producer producer = client.producer(ProducerConfig.builder(TOPIC)
                        .batchBytesMax(1024)
                        .framesInFlightMax(4)
                        .build())) {
            List<CompletableFuture<Published>> futures = new ArrayList<>(send(producer, 0, 100));
            producer.flush();

            broker.hold();
            int before = broker.framesSeen();
            futures.addAll(send(producer, 100, 2000));
            await().until(() -> broker.framesSeen() == before + 4);
            first.close();
            futures.addAll(send(producer, 2000, 2100));
            broker.letGo();
            producer.flush();

            assertThat(broker.stored(0)).isEqualTo(numbered(0, 2100));
            for (int i = 0; i < 2100; i++) {
                assertThat(futures.get(i)).isCompleted();
                assertThat(futures.get(i).join().offset()).isEqualTo(i);
            }
            // What was in flight was stored by the one and confirmed by the other.
            assertThat(futures.get(100).join().duplicate()).isTrue();
        }
    }

    @Test
    void clientComesBackToTheFirstServerWhenTheOtherGoesAway() {
        try (MqClient client = client(first.address(), second.address());
                Producer producer = client.producer(TOPIC)) {
            send(producer, 0, 10).forEach(CompletableFuture::join);
            first.close();
            send(producer, 10, 20).forEach(CompletableFuture::join);
            try (FakeServer again =
                    FakeServer.start(broker.service(), first.port(), InsecureServerCredentials.create())) {
                second.close();
                send(producer, 20, 30).forEach(CompletableFuture::join);
                assertThat(again.port()).isEqualTo(first.port());
            }
        }
        assertThat(broker.stored(0)).isEqualTo(numbered(0, 30));
    }

    @Test
    void consumerGoesOnWithTheOtherServerWhereItWas() {
        List<String> lost = new ArrayList<>();
        ConsumerConfig config = ConsumerConfig.group("g", TOPIC)
                .autoCommit(Duration.ofHours(1))
                .rebalanceListener(new RebalanceListener() {
                    @Override
                    public void lost(TopicPartition partition) {
                        lost.add(partition.toString());
                    }
                })
                .build();
        try (MqClient client = client(first.address(), second.address());
                Consumer consumer = client.consumer(config)) {
            broker.store(0, numbered(0, 10).toArray(String[]::new));
            assertThat(poll(consumer, 10)).isEqualTo(numbered(0, 10));
            first.close();
            broker.store(0, numbered(10, 20).toArray(String[]::new));
            assertThat(poll(consumer, 10)).isEqualTo(numbered(10, 20));
            assertThat(lost).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "localhost:", ":50051", "localhost:x", "localhost:0", "localhost:65536", "a:1,b:2"})
    void addressThatIsNoHostAndPortIsRefused(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MqClient.forAddresses(List.of("localhost:50051", address)))
                .withMessageContaining("\"" + address + "\"");
        assertThatIllegalArgumentException().isThrownBy(() -> MqClient.forAddresses(List.of(address)));
    }

    /** An application may talk to other servers by gRPC as well. */
    @Test
    void targetsOfOtherChannelsMeanWhatTheyDidBefore() {
        assertThat(NameResolverRegistry.getDefaultRegistry().getDefaultScheme()).isEqualTo("dns");
    }
}
