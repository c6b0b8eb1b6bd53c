package io.mq.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.file.CorruptFileException;
import io.mq.core.message.Topic;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One reader without a group, its runs one after the other. */
class SubscriptionTest {

    private final ManualExecutor executor = new ManualExecutor();
    private final DeliveryFixture fixture = new DeliveryFixture(executor);
    private final RecordingSubscriber subscriber = RecordingSubscriber.unlimited();
    private Topic topic;

    @BeforeEach
    void createTopic() {
        topic = fixture.create("t", 1);
    }

    @AfterEach
    void contractWasKept() {
        assertThat(subscriber.breaches()).isEmpty();
    }

    private Subscription read(Subscriber by) {
        return fixture.read(topic, by);
    }

    private void publish(String... payloads) {
        for (String payload : payloads) {
            fixture.publish(topic, 0, payload);
        }
    }

    private static String[] numbered(int count) {
        return IntStream.range(0, count).mapToObj(i -> "m" + i).toArray(String[]::new);
    }

    private Path onlySegment() {
        return fixture.simulated().files().stream()
                .filter(file -> file.toString().endsWith(".log"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatIsThereIsDeliveredInOrderAndThenWhatArrives() {
        publish("a", "b");
        read(subscriber);
        executor.runAll();
        assertThat(subscriber.payloads()).containsExactly("a", "b");
        publish("c");
        executor.runAll();
        publish("d");
        executor.runAll();
        assertThat(subscriber.payloads()).containsExactly("a", "b", "c", "d");
        assertThat(subscriber.offsets()).containsExactly(0L, 1L, 2L, 3L);
    }

    /** Becomes ready, and says so, in the middle of the run that has found it not to be. */
    private static final class ReadyTooLate implements MessageSubscriber {

        private final AtomicReference<Subscription> subscription = new AtomicReference<>();
        private final AtomicInteger delivered = new AtomicInteger();
        private boolean wasAsked;

        @Override
        public boolean isReady() {
            boolean isReady = wasAsked;
            wasAsked = true;
            if (!isReady) {
                subscription.get().resume();
            }
            return isReady;
        }

        @Override
        public void deliver(Delivery delivery) {
            delivered.incrementAndGet();
        }

        @Override
        public void end(BrokerException reason) {}
    }

    @Test
    void subscriberThatBecomesReadyDuringARunGetsAnother() {
        publish("a");
        ReadyTooLate late = new ReadyTooLate();
        late.subscription.set(read(late));
        executor.runAll();
        assertThat(late.delivered).hasValue(1);
    }

    @Test
    void deliveryCarriesTopicPartitionTimeAndTheFirstAttempt() {
        publish("a");
        read(subscriber);
        executor.runAll();
        Delivery delivery = subscriber.deliveries().get(0);
        assertThat(delivery.topic()).isEqualTo(topic);
        assertThat(delivery.partition()).isZero();
        assertThat(delivery.appendTimeMillis()).isEqualTo(DeliveryFixture.NOW.toEpochMilli());
        assertThat(delivery.attempt()).isEqualTo(1);
    }

    @Test
    void nothingIsDeliveredBeyondTheCreditAndAllOfItWithMore() {
        RecordingSubscriber slow = new RecordingSubscriber(3);
        fixture.publish(topic, 0, numbered(10));
        Subscription subscription = read(slow);
        executor.runAll();
        assertThat(slow.payloads()).containsExactly("m0", "m1", "m2");
        slow.grant(2);
        subscription.resume();
        executor.runAll();
        assertThat(slow.payloads()).containsExactly("m0", "m1", "m2", "m3", "m4");
        slow.grant(100);
        subscription.resume();
        executor.runAll();
        assertThat(slow.payloads()).containsExactly(numbered(10));
        assertThat(slow.breaches()).isEmpty();
    }

    @Test
    void subscriberThatIsNotReadyCostsNoReads() {
        RecordingSubscriber slow = new RecordingSubscriber(0);
        Subscription subscription = read(slow);
        AtomicInteger reads = new AtomicInteger();
        fixture.disk().setWatcher((file, bytesMax) -> reads.incrementAndGet());
        for (int i = 0; i < 100; i++) {
            publish("m" + i);
            subscription.resume();
            executor.runAll();
        }
        assertThat(reads).hasValue(0);
        slow.grant(1000);
        subscription.resume();
        executor.runAll();
        assertThat(slow.payloads()).containsExactly(numbered(100));
    }

    @Test
    void idleReaderWaitsInNoRun() {
        read(subscriber);
        executor.runAll();
        assertThat(fixture.context().waiters().partitions()).isEqualTo(1);
        assertThat(executor.isIdle()).isTrue();
    }

    @Test
    void longBacklogLetsOthersHaveTheThreadInBetween() {
        RecordingSubscriber second = RecordingSubscriber.unlimited();
        fixture.publish(topic, 0, numbered(5000));
        read(subscriber);
        read(second);
        executor.runOne();
        assertThat(subscriber.deliveries()).hasSizeBetween(512, 5000);
        executor.runOne();
        assertThat(second.deliveries()).isNotEmpty();
        executor.runAll();
        assertThat(subscriber.payloads()).containsExactly(numbered(5000));
        assertThat(second.payloads()).containsExactly(numbered(5000));
    }

    @Test
    void backlogOfManySmallBatchesIsDeliveredInSeveralRuns() {
        publish(numbered(2000));
        read(subscriber);
        executor.runOne();
        assertThat(subscriber.deliveries()).hasSizeLessThan(2000);
        executor.runAll();
        assertThat(subscriber.payloads()).containsExactly(numbered(2000));
    }

    @Test
    void cancelledSubscriptionIsSilent() {
        Subscription subscription = read(subscriber);
        publish("a");
        subscription.cancel();
        executor.runAll();
        publish("b");
        executor.runAll();
        assertThat(subscriber.deliveries()).isEmpty();
        assertThat(subscriber.end()).isNull();
        assertThat(fixture.subscriptions().count()).isZero();
        assertThat(fixture.context().waiters().partitions()).isZero();
    }

    @Test
    void subscriptionThatEndsWhileItWaitsLeavesNothingBehind() {
        Subscription subscription = read(subscriber);
        executor.runAll();
        assertThat(fixture.context().waiters().partitions()).isEqualTo(1);
        subscription.cancel();
        executor.runAll();
        assertThat(fixture.context().waiters().partitions()).isZero();
    }

    @Test
    void topicThatIsDeletedEndsItsReaders() {
        read(subscriber);
        executor.runAll();
        fixture.delete(topic);
        executor.runAll();
        assertThat(subscriber.end().reason()).isEqualTo(Reason.TOPIC_DELETED);
        assertThat(subscriber.end()).hasMessageContaining("topic 't' has been deleted");
        assertThat(fixture.subscriptions().count()).isZero();
    }

    @Test
    void readerWhoseTopicIsDeletedWhileItSubscribesIsTold() {
        AtomicReference<Runnable> deletion = new AtomicReference<>(() -> {});
        DeliveryFixture other = new DeliveryFixture(task -> {
            deletion.getAndSet(() -> {}).run();
            task.run();
        });
        Topic shortLived = other.create("short-lived", 1);
        deletion.set(() -> other.delete(shortLived));
        other.subscriptions()
                .subscribe(
                        new SubscribeRequest("short-lived", "", "", "test", OptionalInt.of(0), StartPosition.EARLIEST),
                        subscriber);
        assertThat(subscriber.end().reason()).isEqualTo(Reason.TOPIC_DELETED);
        assertThat(other.subscriptions().count()).isZero();
    }

    /** A run that is under way when the files of its topic go must come to its end. */
    @Test
    void readerWhoseLogIsDeletedInTheMiddleOfARunStops() throws Exception {
        fixture.publish(topic, 0, "x".repeat(60_000));
        fixture.publish(topic, 0, "x".repeat(60_000));
        Subscriber deleting = new MessageSubscriber() {
            @Override
            public boolean isReady() {
                return true;
            }

            @Override
            public void deliver(Delivery delivery) {
                try {
                    fixture.log(topic, 0).delete();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }

            @Override
            public void end(BrokerException reason) {}
        };
        read(deleting);
        CompletableFuture.runAsync(executor::runAll).get(20, TimeUnit.SECONDS);
        assertThat(executor.isIdle()).isTrue();
    }

    @Test
    void readerThatRetentionOvertakesGoesOnWithTheOldestMessageLeft() {
        RecordingSubscriber slow = new RecordingSubscriber(2);
        publish(numbered(10));
        Subscription subscription = read(slow);
        executor.runAll();
        fixture.advanceStart(topic, 0, 7);
        slow.grant(100);
        subscription.resume();
        executor.runAll();
        assertThat(slow.offsets()).containsExactly(0L, 1L, 7L, 8L, 9L);
    }

    @Test
    void readerOfAWholeTopicGetsPartitionsThatComeLaterFromTheirBeginning() {
        publish("old");
        fixture.read(topic, StartPosition.LATEST, subscriber);
        executor.runAll();
        topic = fixture.alter(topic, 3);
        fixture.publish(topic, 2, "first of a new partition");
        publish("new");
        executor.runAll();
        assertThat(subscriber.payloads()).containsExactlyInAnyOrder("first of a new partition", "new");
    }

    @Test
    void readerOfOnePartitionGetsNothingElse() {
        topic = fixture.alter(topic, 2);
        fixture.subscriptions()
                .subscribe(
                        new SubscribeRequest("t", "", "", "test", OptionalInt.of(1), StartPosition.EARLIEST),
                        subscriber);
        topic = fixture.alter(topic, 3);
        fixture.publish(topic, 0, "zero");
        fixture.publish(topic, 1, "one");
        fixture.publish(topic, 2, "two");
        executor.runAll();
        assertThat(subscriber.payloads()).containsExactly("one");
    }

    @Test
    void damagedMessagesEndTheReaderAndAreReported() {
        publish("a");
        Path segment = onlySegment();
        fixture.simulated().flipBit(segment, 8L * (fixture.simulated().content(segment).length - 1));
        read(subscriber);
        executor.runAll();
        assertThat(subscriber.deliveries()).isEmpty();
        assertThat(subscriber.end().reason()).isEqualTo(Reason.CORRUPT_DATA);
        assertThat(subscriber.end()).hasMessageContaining(segment + "@0");
        assertThat(fixture.readFailures()).singleElement().isInstanceOf(CorruptFileException.class);
        assertThat(fixture.subscriptions().count()).isZero();
    }

    @Test
    void diskThatCannotBeReadEndsTheReader() {
        publish("a");
        fixture.disk().setWatcher((file, bytesMax) -> {
            throw new IOException("Input/output error");
        });
        read(subscriber);
        executor.runAll();
        assertThat(subscriber.end().reason()).isEqualTo(Reason.INTERNAL);
        assertThat(fixture.readFailures()).hasSize(1);
    }

    private static final class ThrowingSubscriber implements MessageSubscriber {

        private final List<String> ends = new ArrayList<>();

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void deliver(Delivery delivery) {
            throw new IllegalStateException("call is closed");
        }

        @Override
        public void end(BrokerException reason) {
            ends.add(reason.getMessage());
            throw new IllegalStateException("call is closed");
        }
    }

    /** An edge's call may be gone before the edge has said so. */
    @Test
    void subscriberThatThrowsIsGoneAndLeavesNothingBehind() {
        publish("a");
        ThrowingSubscriber throwing = new ThrowingSubscriber();
        read(throwing);
        executor.runAll();
        assertThat(throwing.ends).containsExactly("delivery failed: java.lang.IllegalStateException: call is closed");
        assertThat(fixture.subscriptions().count()).isZero();
    }

    @Test
    void subscriptionsBeyondTheLimitAreRefusedUntilOneEnds() {
        Subscription first = read(RecordingSubscriber.unlimited());
        for (int i = 1; i < DeliveryFixture.SUBSCRIPTIONS_MAX; i++) {
            read(RecordingSubscriber.unlimited());
        }
        BrokerException refusal = catchThrowableOfType(BrokerException.class, () -> read(subscriber));
        assertThat(refusal.reason()).isEqualTo(Reason.LIMIT_REACHED);
        assertThat(refusal).hasMessageContaining("mq.limits.subscriptions-max");
        first.cancel();
        executor.runAll();
        read(subscriber);
        assertThat(fixture.subscriptions().count()).isEqualTo(DeliveryFixture.SUBSCRIPTIONS_MAX);
    }

    @Test
    void unknownTopicOrPartitionIsRefused() {
        SubscribeRequest missing =
                new SubscribeRequest("none", "", "", "test", OptionalInt.empty(), StartPosition.EARLIEST);
        assertThat(catchThrowableOfType(
                                BrokerException.class,
                                () -> fixture.subscriptions().subscribe(missing, subscriber))
                        .reason())
                .isEqualTo(Reason.TOPIC_NOT_FOUND);
        SubscribeRequest beyond = new SubscribeRequest("t", "", "", "test", OptionalInt.of(1), StartPosition.EARLIEST);
        assertThat(catchThrowableOfType(
                                BrokerException.class,
                                () -> fixture.subscriptions().subscribe(beyond, subscriber))
                        .reason())
                .isEqualTo(Reason.PARTITION_NOT_FOUND);
    }

    @Test
    void endOfAllEndsEveryoneAndLaterSubscribersToo() {
        read(subscriber);
        BrokerException reason = BrokerException.of(Reason.SHUTTING_DOWN, "going down");
        fixture.subscriptions().endAll(reason);
        executor.runAll();
        assertThat(subscriber.end()).isEqualTo(reason);
        assertThat(catchThrowableOfType(BrokerException.class, () -> read(RecordingSubscriber.unlimited()))
                        .reason())
                .isEqualTo(Reason.SHUTTING_DOWN);
        assertThat(fixture.subscriptions().count()).isZero();
    }
}
