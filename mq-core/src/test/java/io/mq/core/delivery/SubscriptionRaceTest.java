package io.mq.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mq.batch.Seeds;
import io.mq.core.error.BrokerException;
import io.mq.core.message.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Messages arrive, subscribers become ready and runs come to their end on threads of their own, all at once. */
class SubscriptionRaceTest {

    private static final int MESSAGES = 2000;
    private static final int SUBSCRIBERS = 4;

    /** A few of the messages. */
    private static final int TAIL_BYTES_MAX = 20_000;

    private static final int PING_PONGS = 20_000;
    private static final int CHANGES = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private record Reader(RecordingSubscriber subscriber, Subscription subscription) {}

    private static void grantInPieces(List<Reader> readers, Random random) {
        int[] granted = new int[readers.size()];
        for (boolean isMore = true; isMore; ) {
            isMore = false;
            for (int i = 0; i < granted.length; i++) {
                int piece = Math.min(random.nextInt(20), MESSAGES - granted[i]);
                granted[i] += piece;
                readers.get(i).subscriber.grant(piece);
                readers.get(i).subscription.resume();
                isMore |= granted[i] < MESSAGES;
            }
            Thread.onSpinWait();
        }
    }

    /** Some of the subscribers have a socket; some of what they are sent is still in memory. */
    @Test
    void noWakeUpIsLostBetweenGrowthAndReadiness() {
        Seeds.forEach(8, random -> {
            ExecutorService pool = Executors.newFixedThreadPool(3);
            ExecutorService socket = Executors.newSingleThreadExecutor();
            try {
                DeliveryFixture fixture = new DeliveryFixture(pool, TAIL_BYTES_MAX);
                Topic topic = fixture.create("t", 1);
                List<Reader> readers = new ArrayList<>();
                for (int i = 0; i < SUBSCRIBERS; i++) {
                    RecordingSubscriber subscriber = new RecordingSubscriber(0).on(i % 2 == 0 ? socket : null);
                    readers.add(new Reader(subscriber, fixture.read(topic, subscriber)));
                }
                RecordingSubscriber eager = RecordingSubscriber.unlimited().on(socket);
                readers.add(new Reader(eager, fixture.read(topic, eager)));
                CompletableFuture<Void> publishing = CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < MESSAGES; i++) {
                        fixture.publish(topic, 0, "m" + i);
                    }
                });
                grantInPieces(readers.subList(0, SUBSCRIBERS), random);
                publishing.join();
                List<String> all =
                        IntStream.range(0, MESSAGES).mapToObj(i -> "m" + i).toList();
                for (Reader reader : readers) {
                    await().atMost(Duration.ofSeconds(20))
                            .pollInterval(Duration.ofMillis(5))
                            .until(() -> reader.subscriber.deliveries().size() == MESSAGES);
                    assertThat(reader.subscriber.payloads()).isEqualTo(all);
                    assertThat(reader.subscriber.breaches()).isEmpty();
                }
            } finally {
                pool.shutdown();
                socket.shutdown();
            }
        });
    }

    /** Takes up to so long to say that it is ready, which is just before the reader looks whether there is more. */
    private static final class HesitantSubscriber implements MessageSubscriber {

        private static final int SPINS_MAX = 400;

        private final Random random;
        private final AtomicInteger delivered = new AtomicInteger();

        HesitantSubscriber(Random random) {
            this.random = random;
        }

        @Override
        public boolean isReady() {
            for (int i = random.nextInt(SPINS_MAX); i > 0; i--) {
                Thread.onSpinWait();
            }
            return true;
        }

        @Override
        public void deliver(Delivery delivery) {
            delivered.incrementAndGet();
        }

        @Override
        public void end(BrokerException reason) {}

        boolean hasSoon(int count) {
            return soon(() -> delivered.get() >= count);
        }
    }

    /** Each message is published as soon as the one before was delivered, so that a lost wake-up is the last of all. */
    @Test
    void growthIsNoticedWheneverItComesWhileAReaderReachesTheEnd() {
        Seeds.forEach(1, random -> {
            ExecutorService pool = Executors.newSingleThreadExecutor();
            try {
                DeliveryFixture fixture = new DeliveryFixture(pool);
                Topic topic = fixture.create("t", 1);
                HesitantSubscriber subscriber = new HesitantSubscriber(random);
                fixture.read(topic, subscriber);
                for (int i = 1; i <= PING_PONGS; i++) {
                    fixture.publish(topic, 0, "m");
                    assertThat(subscriber.hasSoon(i))
                            .as("whether message %d arrives", i)
                            .isTrue();
                }
            } finally {
                pool.shutdown();
            }
        });
    }

    /** Runs both as nearly at once as two threads can. */
    private static void atOnce(Runnable first, Runnable second) {
        AtomicInteger ready = new AtomicInteger();
        CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
            meet(ready);
            first.run();
        });
        meet(ready);
        second.run();
        other.join();
    }

    private static void meet(AtomicInteger ready) {
        ready.incrementAndGet();
        while (ready.get() < 2) {
            Thread.onSpinWait();
        }
    }

    private static boolean soon(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        return condition.getAsBoolean();
    }

    private interface Subscribing {
        Subscription to(DeliveryFixture fixture, Topic topic, Subscriber subscriber);
    }

    private static void subscribeDuringADeletion(Subscribing subscribing) {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            DeliveryFixture fixture = new DeliveryFixture(pool);
            for (int i = 0; i < CHANGES; i++) {
                Topic topic = fixture.create("t", 1);
                RecordingSubscriber subscriber = RecordingSubscriber.unlimited();
                AtomicBoolean isRefused = new AtomicBoolean();
                atOnce(
                        () -> {
                            try {
                                subscribing.to(fixture, topic, subscriber);
                            } catch (BrokerException e) {
                                isRefused.set(true);
                            }
                        },
                        () -> fixture.delete(topic));
                assertThat(soon(() -> isRefused.get() || subscriber.end() != null))
                        .as("whether subscriber %d is refused or told", i)
                        .isTrue();
                assertThat(soon(() -> fixture.subscriptions().count() == 0
                                && fixture.subscriptions().groupsWithMembers().isEmpty()))
                        .as("whether nothing of subscriber %d is left", i)
                        .isTrue();
            }
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void readerOfATopicThatIsDeletedMeanwhileIsRefusedOrTold() {
        subscribeDuringADeletion(DeliveryFixture::read);
    }

    @Test
    void memberInATopicThatIsDeletedMeanwhileIsRefusedOrToldAndNotKept() {
        subscribeDuringADeletion((fixture, topic, subscriber) -> fixture.join("g", "c", topic, subscriber));
    }

    @Test
    void subscriberOfATopicThatGrowsMeanwhileGetsItsNewPartition() {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            DeliveryFixture fixture = new DeliveryFixture(pool);
            for (int i = 0; i < CHANGES; i++) {
                Topic topic = fixture.create("t", 1);
                RecordingSubscriber subscriber = RecordingSubscriber.unlimited();
                atOnce(() -> fixture.read(topic, subscriber), () -> fixture.alter(topic, 2));
                fixture.publish(topic, 1, "in the new partition");
                assertThat(soon(() -> !subscriber.deliveries().isEmpty()))
                        .as("whether subscriber %d gets the new partition", i)
                        .isTrue();
                fixture.delete(topic);
            }
        } finally {
            pool.shutdown();
        }
    }
}
