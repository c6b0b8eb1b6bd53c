package io.mq.client;

import static io.mq.client.FakeBroker.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three servers that share what they store and say which of them leads; the client is given the first two. */
@Timeout(60)
class RouteTest {

    private static final String PUBLISH = "PublishStream";
    private static final String CONSUME = "Consume";

    private final FakeBroker broker = FakeBroker.start(1);
    private final FakeLeaderService firstSays = new FakeLeaderService();
    private final FakeLeaderService secondSays = new FakeLeaderService();
    private final FakeServer first = FakeServer.start(broker.service(), firstSays.bindService());
    private final FakeServer second = FakeServer.start(broker.service(), secondSays.bindService());
    private final FakeServer third = FakeServer.start(broker.service());
    private final MqClient client =
            MqClient.forAddresses(List.of(first.address(), second.address())).build();

    @AfterEach
    void close() {
        broker.letGo();
        client.close();
        first.close();
        second.close();
        third.close();
        broker.close();
    }

    private static void send(Producer producer, int from, int to) {
        for (int i = from; i < to; i++) {
            producer.send(Message.of("m" + i)).join();
        }
    }

    private void assertStored(int count) {
        assertThat(broker.stored(0))
                .isEqualTo(IntStream.range(0, count).mapToObj(i -> "m" + i).toList());
    }

    private static void poll(Consumer consumer, int count) {
        List<String> all = new ArrayList<>();
        await().until(() -> {
            consumer.poll(Duration.ofMillis(100)).forEach(message -> all.add(message.payloadText()));
            return all.size() >= count;
        });
        assertThat(all).doesNotHaveDuplicates();
    }

    @Test
    void streamsBeginAtTheLeader() {
        firstSays.leads(third.address());
        try (Producer producer = client.producer(TOPIC);
                Consumer consumer = client.consumer(ConsumerConfig.alone(TOPIC).build())) {
            send(producer, 0, 10);
            poll(consumer, 10);
        }
        assertThat(first.calls(PUBLISH) + first.calls(CONSUME)).isZero();
        assertThat(third.calls(PUBLISH)).isOne();
        assertThat(third.calls(CONSUME)).isOne();
    }

    @Test
    void streamsStayWhereTheLeaderAnswers() {
        firstSays.leads("");
        try (Producer producer = client.producer(TOPIC)) {
            send(producer, 0, 10);
        }
        assertThat(first.calls(PUBLISH)).isOne();
    }

    @Test
    void streamsFollowTheLeaderAndLoseNothing() {
        firstSays.leads("");
        try (Producer producer = client.producer(TOPIC);
                Consumer consumer = client.consumer(ConsumerConfig.alone(TOPIC).build())) {
            send(producer, 0, 10);
            poll(consumer, 10);
            firstSays.leads(third.address());
            await().until(() -> third.calls(PUBLISH) == 1 && third.calls(CONSUME) == 1);
            send(producer, 10, 20);
            firstSays.leads(second.address());
            await().until(() -> second.calls(PUBLISH) == 1 && second.calls(CONSUME) == 1);
            send(producer, 20, 30);
            poll(consumer, 20);
        }
        assertStored(30);
    }

    @Test
    void leaderThatAnswersNothingIsLeftWhenAnotherLeads() {
        firstSays.leads(third.address());
        try (Producer producer = client.producer(TOPIC)) {
            send(producer, 0, 10);
            broker.hold();
            var inDoubt = producer.send(Message.of("m10"));
            await().until(() -> broker.framesSeen() == 11);

            firstSays.leads("");

            await().until(() -> first.calls(PUBLISH) == 1);
            broker.letGo();
            assertThat(inDoubt.join().offset()).isEqualTo(10);
        }
        assertStored(11);
    }

    @Test
    void leaderThatCannotBeReachedIsLeftToTheOthers() {
        try (DeadAddress dead = new DeadAddress()) {
            firstSays.leads(dead.toString());
            try (Producer producer = client.producer(TOPIC)) {
                send(producer, 0, 10);
            }
        }
        assertThat(first.calls(PUBLISH)).isOne();
    }

    @Test
    void streamsGoOnElsewhereWhenTheLeaderIsGone() {
        firstSays.leads(third.address());
        try (Producer producer = client.producer(TOPIC)) {
            send(producer, 0, 10);
            third.close();
            send(producer, 10, 20);
        }
        assertThat(first.calls(PUBLISH)).isOne();
        assertStored(20);
    }

    @Test
    void serverThatFallsSilentIsLeft() {
        firstSays.leads("");
        secondSays.leads("");
        try (Producer producer = client.producer(TOPIC)) {
            send(producer, 0, 10);
            firstSays.willSpeakWithin(Duration.ofMillis(50));
            await().until(() -> second.calls(PUBLISH) == 1);
            send(producer, 10, 20);
        }
        assertStored(20);
    }

    @Test
    void nobodyMovesWhileNobodyLeads() {
        try (Producer producer = client.producer(TOPIC)) {
            send(producer, 0, 10);
        }
        assertThat(first.calls(PUBLISH)).isOne();
    }

    @Test
    void messagesGoToTheLeadersOfTheirPartitionsShards() {
        broker.createTopic("spread", 3);
        broker.partitionShards = List.of(1, 0, 2);
        firstSays.lead(List.of("", second.address(), third.address()));
        try (Producer producer = client.producer("spread")) {
            sendToEach(producer, 3, 0);
            assertThat(List.of(first.calls(PUBLISH), second.calls(PUBLISH), third.calls(PUBLISH)))
                    .containsExactly(1, 1, 1);
            firstSays.lead(List.of("", third.address(), third.address()));
            await().until(() -> third.calls(PUBLISH) == 2);
            sendToEach(producer, 3, 1);
        }
        for (int partition = 0; partition < 3; partition++) {
            assertThat(broker.log("spread", partition).payloads()).containsExactly("m0", "m1");
        }
    }

    /** Both shards' streams go by one connection there. */
    @Test
    void serverThatLeadsTwoShardsAndIsGoneIsLeftByBoth() {
        broker.createTopic("spread", 3);
        broker.partitionShards = List.of(0, 1, 2);
        firstSays.lead(List.of("", third.address(), third.address()));
        try (Producer producer = client.producer("spread")) {
            sendToEach(producer, 3, 0);
            await().until(() -> third.calls(PUBLISH) == 2);
            third.close();
            sendToEach(producer, 3, 1);
        }
        assertThat(first.calls(PUBLISH)).isGreaterThanOrEqualTo(3);
    }

    private static void sendToEach(Producer producer, int partitions, int number) {
        for (int partition = 0; partition < partitions; partition++) {
            assertThat(producer.send(Message.of("m" + number).toPartition(partition))
                            .join()
                            .offset())
                    .isEqualTo(number);
        }
    }

    /** A number that ends streams in one shard must not end those in another. */
    @Test
    void eachShardKnowsTheProducerByANumberOfItsOwn() {
        assertThat(PublishLanes.idIn(42, 0)).isEqualTo(42);
        assertThat(PublishLanes.idIn(0, 3)).isZero();
        assertThat(IntStream.range(0, 64).mapToObj(shard -> PublishLanes.idIn(42, shard)))
                .doesNotHaveDuplicates()
                .doesNotContain(0L);
        assertThat(PublishLanes.idIn(42, 3)).isEqualTo(PublishLanes.idIn(42, 3));
    }
}
