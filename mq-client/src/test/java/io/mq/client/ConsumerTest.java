package io.mq.client;

import static io.mq.client.FakeBroker.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mq.proto.Credit;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConsumerTest {

    private static final TopicPartition P0 = new TopicPartition(TOPIC, 0);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(200);

    private final FakeBroker broker = FakeBroker.start(2);
    private final FakeGroups groups = broker.groups();
    private final MqClient client = broker.client();
    private final List<String> rebalances = new ArrayList<>();

    @AfterEach
    void close() {
        client.close();
        broker.close();
    }

    private ConsumerConfig.Builder config() {
        return ConsumerConfig.group("g", TOPIC).rebalanceListener(new RebalanceListener() {
            @Override
            public void assigned(TopicPartition partition) {
                note("+" + partition.partition());
            }

            @Override
            public void revoked(TopicPartition partition) {
                note("-" + partition.partition());
            }

            @Override
            public void lost(TopicPartition partition) {
                note("!" + partition.partition());
            }
        });
    }

    private void note(String rebalance) {
        synchronized (rebalances) {
            rebalances.add(rebalance);
        }
    }

    private void store(int partition, int from, int to) {
        broker.store(partition, numbered(from, to).toArray(String[]::new));
    }

    private static List<String> numbered(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "m" + i).toList();
    }

    private static List<String> texts(List<ConsumedMessage> messages) {
        return messages.stream().map(ConsumedMessage::payloadText).toList();
    }

    private static List<String> poll(Consumer consumer, int count) {
        List<String> all = new ArrayList<>();
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (all.size() < count && System.nanoTime() - until < 0) {
            all.addAll(texts(consumer.poll(SHORT)));
        }
        return all;
    }

    @Test
    void messagesComeInOrderWithAllThatWasSent() throws Exception {
        Producer producer = client.producer(TOPIC);
        producer.send(Message.of("a").toPartition(0).withKey("k").withHeader("h", "v"))
                .get();
        producer.send(Message.of("b").toPartition(0)).get();

        Consumer consumer = client.consumer(ConsumerConfig.alone(TOPIC).build());
        List<ConsumedMessage> messages = new ArrayList<>();
        await().until(() -> messages.addAll(consumer.poll(SHORT)) && messages.size() == 2);

        ConsumedMessage first = messages.get(0);
        assertThat(first.payloadText()).isEqualTo("a");
        assertThat(new String(first.payloadBytes(), StandardCharsets.UTF_8)).isEqualTo("a");
        assertThat(first.key()).contains(ByteBuffer.wrap(new byte[] {'k'}));
        assertThat(first.header("h")).contains("v");
        assertThat(first.offset()).isZero();
        assertThat(first.topicPartition()).isEqualTo(P0);
        assertThat(first.timestamp()).isEqualTo(Instant.ofEpochMilli(1_000_000));
        assertThat(messages.get(1).offset()).isEqualTo(1);
    }

    @Test
    void pollWaitsForWhatArrivesAndNoLonger() {
        Consumer consumer = client.consumer(config().build());
        assertThat(consumer.poll(Duration.ofMillis(50))).isEmpty();
        store(1, 0, 3);
        assertThat(poll(consumer, 3)).isEqualTo(numbered(0, 3));
        assertThat(rebalances).containsExactlyInAnyOrder("+0", "+1");
        assertThat(consumer.assignment()).hasSize(2);
    }

    @Test
    void pollReturnsNoMoreThanAskedFor() {
        store(0, 0, 100);
        Consumer consumer = client.consumer(config().pollMessagesMax(30).build());
        List<Integer> sizes = new ArrayList<>();
        List<String> all = new ArrayList<>();
        while (all.size() < 100) {
            List<String> some = texts(consumer.poll(SHORT));
            sizes.add(some.size());
            all.addAll(some);
        }
        assertThat(all).isEqualTo(numbered(0, 100));
        assertThat(sizes.stream().filter(size -> size > 0)).containsExactly(30, 30, 30, 10);
    }

    @Test
    void pollCommitsWhatThePollBeforeReturned() {
        store(0, 0, 10);
        Consumer consumer =
                client.consumer(config().autoCommit(Duration.ofMillis(20)).build());
        poll(consumer, 10);
        await().during(Duration.ofMillis(100)).until(() -> groups.committed(0) == -1);
        consumer.poll(Duration.ZERO);
        await().until(() -> groups.committed(0) == 10);
    }

    @Test
    void commitSyncCommitsWhatWasReturned() {
        store(0, 0, 10);
        Consumer consumer =
                client.consumer(config().manualCommit().pollMessagesMax(7).build());
        poll(consumer, 7);
        consumer.commitSync();
        assertThat(groups.committed(0)).isEqualTo(7);
        consumer.commitSync(Map.of(P0, 3L));
        assertThat(groups.committed(0)).isEqualTo(7);
    }

    @Test
    void commitOfAPartitionThatIsNotHeldFails() {
        Consumer consumer = client.consumer(config().build());
        TopicPartition foreign = new TopicPartition("other", 0);
        assertThatThrownBy(() -> consumer.commitSync(Map.of(foreign, 3L)))
                .isInstanceOfSatisfying(
                        MqException.class, e -> assertThat(e.reason()).isEqualTo(MqException.PARTITION_LOST));
    }

    @Test
    void nextConsumerGoesOnAtTheCommittedOffset() {
        store(0, 0, 10);
        Consumer first = client.consumer(config().pollMessagesMax(4).build());
        poll(first, 4);
        first.poll(Duration.ZERO);
        first.close();
        await().until(() -> groups.members() == 0);
        Consumer second = client.consumer(config().build());
        assertThat(poll(second, 6).get(0)).isEqualTo("m4");
    }

    @Test
    void brokenStreamHandsOutNothingTwiceAndLosesNothing() {
        store(0, 0, 10);
        Consumer consumer = client.consumer(
                config().autoCommit(Duration.ofHours(1)).pollMessagesMax(7).build());
        assertThat(poll(consumer, 7)).isEqualTo(numbered(0, 7));
        groups.breakStreams();
        store(0, 10, 20);
        assertThat(poll(consumer, 13)).isEqualTo(numbered(7, 20));
        assertThat(rebalances).containsExactlyInAnyOrder("+0", "+1");
    }

    @Test
    void brokerThatWasAwayIsFoundAgain() {
        store(0, 0, 10);
        Consumer consumer = client.consumer(config().build());
        poll(consumer, 10);
        int port = broker.goAway();
        store(0, 10, 20);
        broker.comeBack(port);
        assertThat(poll(consumer, 10)).isEqualTo(numbered(10, 20));
    }

    @Test
    void partitionThatAnotherHadBeginsAnewAndTheApplicationIsTold() {
        store(0, 0, 10);
        Consumer consumer = client.consumer(config().manualCommit().build());
        poll(consumer, 10);
        consumer.commitSync(Map.of(P0, 4L));
        groups.stealOnce(P0);
        groups.breakStreams();
        assertThat(poll(consumer, 6)).isEqualTo(numbered(4, 10));
        assertThat(rebalances).contains("!0").endsWith("+0");
    }

    @Test
    void groupMovedWhileTheStreamWasBrokenBeginsThere() {
        store(0, 0, 10);
        Consumer consumer = client.consumer(config().manualCommit().build());
        poll(consumer, 10);
        consumer.commitSync(Map.of(P0, 8L));
        int port = broker.goAway();
        synchronized (broker) {
            groups.seek(P0, 2);
        }
        broker.comeBack(port);
        assertThat(poll(consumer, 8)).isEqualTo(numbered(2, 10));
    }

    @Test
    void commitWhoseAnswerWasLostIsSentAgain() {
        store(0, 0, 10);
        Consumer consumer = client.consumer(config().manualCommit().build());
        poll(consumer, 10);
        groups.loseNextCommitAnswer();
        consumer.commitSync();
        assertThat(groups.committed(0)).isEqualTo(10);
        store(0, 10, 12);
        assertThat(poll(consumer, 2)).isEqualTo(numbered(10, 12));
    }

    @Test
    void silentServerIsLeft() {
        try (MqClient impatient = MqClient.forTarget(broker.address())
                .deadline(Duration.ofMillis(500))
                .build()) {
            Consumer consumer = impatient.consumer(config().build());
            store(0, 0, 2);
            poll(consumer, 2);
            consumer.commitSync();
            groups.silent = true;
            store(0, 2, 4);
            await().until(() -> groups.joins() > 1);
            groups.silent = false;
            assertThat(poll(consumer, 2)).isEqualTo(numbered(2, 4));
        }
    }

    @Test
    void damagedBytesAreNotHandedOutButAskedForAgain() {
        groups.damageNextBatch();
        store(0, 0, 5);
        Consumer consumer = client.consumer(config().build());
        assertThatThrownBy(() -> poll(consumer, 5)).hasMessageContaining("CORRUPT_DATA");
        assertThat(poll(consumer, 5)).isEqualTo(numbered(0, 5));
    }

    @Test
    void creditIsRenewedWhenHalfIsUsed() {
        for (int i = 0; i < 100; i++) {
            store(0, 10 * i, 10 * i + 10);
        }
        Consumer consumer = client.consumer(
                config().credit(1 << 20, 100).pollMessagesMax(10).build());
        assertThat(poll(consumer, 10)).hasSize(10);
        assertThat(groups.credits()).hasSize(1);
        assertThat(poll(consumer, 990)).isEqualTo(numbered(10, 1000));
        List<Credit> credits = groups.credits();
        // At least half is given anew each time, and never more than was taken.
        assertThat(credits.stream().skip(1)).isNotEmpty().allMatch(credit -> credit.getMessages() > 50);
        assertThat(credits.stream().mapToLong(Credit::getMessages).sum()).isBetween(1000L, 1100L);
    }

    @Test
    void pausedPartitionKeepsNeitherItsMessagesNorThoseOfOthers() {
        Consumer consumer =
                client.consumer(config().manualCommit().credit(4000, 1000).build());
        consumer.poll(SHORT);
        consumer.pause(P0);
        for (int i = 0; i < 50; i++) {
            store(0, 10 * i, 10 * i + 10);
        }
        store(1, 0, 5);
        assertThat(poll(consumer, 5)).isEqualTo(numbered(0, 5));
        consumer.resume(P0);
        assertThat(poll(consumer, 500)).isEqualTo(numbered(0, 500));
    }

    @Test
    void revokedPartitionIsCommittedAndHandedOver() {
        store(0, 0, 10);
        store(1, 0, 10);
        Consumer first = client.consumer(
                config().autoCommit(Duration.ofHours(1)).consumerId("a").build());
        assertThat(poll(first, 20)).hasSize(20);
        try (MqClient other = broker.client()) {
            Consumer second = other.consumer(
                    ConsumerConfig.group("g", TOPIC).consumerId("b").build());
            store(1, 10, 12);
            await().until(() -> {
                first.poll(Duration.ofMillis(10));
                return second.assignment().size() == 1
                        || !second.poll(Duration.ofMillis(10)).isEmpty();
            });
            assertThat(groups.committed(1)).isEqualTo(10);
            assertThat(rebalances).contains("-1");
            assertThat(first.assignment()).isEqualTo(Set.of(P0));
        }
    }

    @Test
    void seekMovesTheGroup() throws Exception {
        store(0, 0, 10);
        Consumer consumer = client.consumer(config().build());
        poll(consumer, 10);
        assertThat(consumer.seek(P0, StartFrom.offset(6)).get()).isEqualTo(6);
        assertThat(poll(consumer, 4)).isEqualTo(numbered(6, 10));
        assertThat(consumer.seek(P0, StartFrom.offset(0)).get()).isZero();
        assertThat(poll(consumer, 10)).isEqualTo(numbered(0, 10));
        assertThat(rebalances).containsExactlyInAnyOrder("+0", "+1");
    }

    @Test
    void consumerAloneGoesOnWhereItWas() {
        store(0, 0, 10);
        store(1, 0, 3);
        Consumer consumer = client.consumer(ConsumerConfig.alone(TOPIC).build());
        assertThat(poll(consumer, 13)).hasSize(13);
        groups.breakStreams();
        store(0, 10, 12);
        store(1, 3, 5);
        assertThat(poll(consumer, 4)).containsExactlyInAnyOrder("m10", "m11", "m3", "m4");
        assertThatThrownBy(consumer::commitSync).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anotherOfTheSameNameEndsThisOne() {
        Consumer consumer = client.consumer(config().consumerId("a").build());
        consumer.poll(SHORT);
        groups.fence();
        await().untilAsserted(
                        () -> assertThatThrownBy(() -> consumer.poll(SHORT)).hasMessageContaining("MEMBER_FENCED"));
    }

    @Test
    void groupThatStartsAtTheEndMissesNothingAfterAnInterruption() {
        store(0, 0, 10);
        Consumer consumer = client.consumer(config().start(StartFrom.latest()).build());
        consumer.poll(SHORT);
        await().until(() -> groups.committed(0) == 10);
        int port = broker.goAway();
        store(0, 10, 12);
        broker.comeBack(port);
        assertThat(poll(consumer, 2)).isEqualTo(numbered(10, 12));
    }

    @Test
    void listenerGetsMessagesOfAPartitionOneAtATimeAndCommitsThem() {
        for (int i = 0; i < 20; i++) {
            store(0, 100 * i, 100 * i + 100);
            store(1, 100 * i, 100 * i + 100);
        }
        Consumer consumer =
                client.consumer(config().autoCommit(Duration.ofMillis(20)).build());
        List<AtomicInteger> busy = List.of(new AtomicInteger(), new AtomicInteger());
        List<ConcurrentLinkedQueue<String>> seen =
                List.of(new ConcurrentLinkedQueue<>(), new ConcurrentLinkedQueue<>());
        AtomicInteger clashes = new AtomicInteger();
        consumer.listen(message -> {
            if (busy.get(message.partition()).incrementAndGet() > 1) {
                clashes.incrementAndGet();
            }
            seen.get(message.partition()).add(message.payloadText());
            busy.get(message.partition()).decrementAndGet();
        });
        await().until(() -> seen.stream().allMatch(queue -> queue.size() == 2000));
        assertThat(clashes).hasValue(0);
        assertThat(seen.get(0)).containsExactlyElementsOf(numbered(0, 2000));
        assertThat(seen.get(1)).containsExactlyElementsOf(numbered(0, 2000));
        await().until(() -> groups.committed(0) == 2000 && groups.committed(1) == 2000);
        assertThatThrownBy(() -> consumer.poll(SHORT)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void listenerThatFailsGetsTheMessageAgain() {
        store(0, 0, 5);
        Consumer consumer = client.consumer(config().build());
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        consumer.listen(message -> {
            seen.add(message.payloadText());
            if (seen.size() == 3) {
                throw new IllegalStateException("as the test wants it");
            }
        });
        await().until(() -> seen.size() == 6);
        assertThat(seen).containsExactly("m0", "m1", "m2", "m2", "m3", "m4");
    }

    @Test
    void listenerGoesOnThroughBrokenStreams() {
        Consumer consumer =
                client.consumer(config().autoCommit(Duration.ofMillis(5)).build());
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        consumer.listen(message -> seen.add(message.payloadText()));
        for (int i = 0; i < 10; i++) {
            store(0, 50 * i, 50 * i + 50);
            groups.breakStreams();
        }
        await().until(() -> seen.size() >= 500);
        assertThat(seen).containsExactlyElementsOf(numbered(0, 500));
    }

    @Test
    void closeEndsAWaitingPoll() throws Exception {
        Consumer consumer = client.consumer(config().build());
        Future<?> polled =
                CompletableFuture.runAsync(() -> assertThatThrownBy(() -> consumer.poll(Duration.ofMinutes(1)))
                        .hasMessageContaining(MqException.CLIENT_CLOSED));
        await().until(() -> consumer.assignment().size() == 2);
        consumer.close();
        polled.get();
        consumer.close();
    }

    /** Long enough to tell a close that waits for its deadline from one that does not. */
    private MqClient patientClient() {
        return MqClient.forTarget(broker.address())
                .deadline(Duration.ofSeconds(30))
                .build();
    }

    private static Thread startClosing(Consumer consumer) {
        Thread closing = new Thread(consumer::close);
        closing.start();
        await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);
        return closing;
    }

    private static void assertEnds(Thread closing) {
        await().atMost(Duration.ofSeconds(20)).until(() -> !closing.isAlive());
    }

    @Test
    void closeDoesNotWaitForMessagesThatComeAfterIt() throws Exception {
        store(0, 0, 1);
        CompletableFuture<Void> busy = new CompletableFuture<>();
        CompletableFuture<Void> release = new CompletableFuture<>();
        try (MqClient patient = patientClient();
                Producer producer = patient.producer(TOPIC)) {
            Consumer consumer = patient.consumer(config().build());
            consumer.listen(message -> {
                busy.complete(null);
                release.join();
            });
            busy.join();
            Thread closing = startClosing(consumer);
            // It reaches the consumer before the producer hears of it, over the same connection.
            producer.send(Message.of("late").toPartition(1)).get();
            release.complete(null);
            assertEnds(closing);
        }
        assertThat(groups.committed(0)).isEqualTo(1);
        assertThat(groups.committed(1)).isEqualTo(-1);
    }

    @Test
    void closeDoesNotWaitForACommitThatIsLost() {
        store(0, 0, 10);
        try (MqClient patient = patientClient()) {
            Consumer consumer = patient.consumer(config().manualCommit().build());
            poll(consumer, 10);
            int port = broker.goAway();
            CompletableFuture<Void> commit = consumer.commitAsync();
            Thread closing = startClosing(consumer);
            groups.stealOnce(P0);
            broker.comeBack(port);
            assertEnds(closing);
            assertThat(commit)
                    .failsWithin(PATIENCE)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOfSatisfying(
                            MqException.class, e -> assertThat(e.reason()).isEqualTo(MqException.PARTITION_LOST));
        }
    }

    @Test
    void unknownTopicIsToldAtOnce() {
        assertThatThrownBy(() ->
                        client.consumer(ConsumerConfig.group("g", "nowhere").build()))
                .hasMessageContaining("TOPIC_NOT_FOUND");
    }

    @Test
    void lateCommitAfterASeekIsRefused() throws Exception {
        store(0, 0, 10);
        Consumer consumer = client.consumer(config().manualCommit().build());
        poll(consumer, 10);
        consumer.seek(P0, StartFrom.offset(0)).get();
        assertThat(groups.committed(0)).isZero();
        consumer.commitSync();
        assertThat(groups.committed(0)).isZero();
    }
}
