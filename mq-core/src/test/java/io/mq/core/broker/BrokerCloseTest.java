package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.mq.batch.Records;
import io.mq.core.delivery.RecordingSubscriber;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.file.GatedDisk;
import io.mq.core.file.NioDisk;
import io.mq.core.message.TopicConfig;
import io.mq.core.storage.DataDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerCloseTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path temporary;

    private BrokerFixture fixture;
    private Broker broker;
    private Set<Thread> threadsBefore;

    @BeforeEach
    void startBroker() {
        threadsBefore = threads();
        fixture = new BrokerFixture(temporary.resolve("data"));
        broker = fixture.start();
        fixture.create("t", 1);
    }

    @AfterEach
    void stopBroker() throws IOException {
        fixture.close();
    }

    private interface Call {
        CompletableFuture<?> run();
    }

    private static Reason refusal(Call call) {
        Throwable thrown = catchThrowable(() -> call.run().join());
        Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
        assertThat(cause).isInstanceOf(BrokerException.class);
        BrokerException refusal = (BrokerException) cause;
        assertThat(refusal.retryAfter()).as("advice to try again").isPresent();
        return refusal.reason();
    }

    @Test
    void closedBrokerLeavesNothingToReplay() throws IOException {
        for (int i = 0; i < 100; i++) {
            fixture.publish("t", "m" + i);
        }
        fixture.restart();
        assertThat(fixture.broker().status().recovery().commands()).isZero();
        assertThat(fixture.fetch("t", 0, 0)).hasSize(100);
    }

    @Test
    void lastCheckpointHoldsWhatStillWaitedForTheDisk() throws IOException {
        broker.close();
        GatedDisk disk = new GatedDisk(new NioDisk(), path -> path.toString().endsWith(".journal"));
        BrokerFixture gated = new BrokerFixture(temporary.resolve("gated"), disk);
        gated.start();
        gated.create("t", 1);
        disk.shut();
        List<CompletableFuture<Published>> futures = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            futures.add(gated.broker().publisher().publish(BrokerFixture.request("t", Records.record("m" + i))));
            if (i == 0) {
                disk.awaitArrival();
            }
        }
        Set<Thread> before = threads();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> {
            try {
                gated.broker().close();
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        });
        await().until(() -> threads().stream()
                .anyMatch(thread -> !before.contains(thread)
                        && thread.getName().startsWith("mq-close")
                        && thread.getState() == Thread.State.WAITING));
        disk.open();
        assertThat(closing).succeedsWithin(SOON);
        assertThat(futures).allMatch(future -> !future.isCompletedExceptionally());
        gated.start();
        assertThat(gated.broker().status().recovery().commands()).isZero();
        gated.close();
    }

    @Test
    void whatWasSubmittedIsFinished() throws IOException {
        List<CompletableFuture<Published>> futures = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            futures.add(broker.publisher().publish(BrokerFixture.request("t", Records.record("m" + i))));
        }
        broker.close();
        assertThat(futures).allSatisfy(future -> assertThat(future).isCompleted());
        fixture.start();
        assertThat(fixture.fetch("t", 0, 0)).hasSize(500);
    }

    @Test
    void closedBrokerRefusesEverythingNew() throws IOException {
        broker.close();
        assertThat(refusal(() -> broker.publisher().publish(BrokerFixture.request("t", Records.record("x")))))
                .isEqualTo(Reason.SHUTTING_DOWN);
        assertThat(refusal(() -> broker.groups().commit("g", "t", 0, 0, ""))).isEqualTo(Reason.SHUTTING_DOWN);
        assertThat(refusal(() -> broker.topics().create("u", 1, TopicConfig.DEFAULTS)))
                .isEqualTo(Reason.SHUTTING_DOWN);
        assertThat(refusal(() -> broker.reader().fetch("t", 0, 0, 1, 1, Duration.ZERO)))
                .isEqualTo(Reason.SHUTTING_DOWN);
        assertThat(refusal(() -> {
                    fixture.join("g", "c", "t", new RecordingSubscriber(0));
                    return new CompletableFuture<>();
                }))
                .isEqualTo(Reason.SHUTTING_DOWN);
    }

    @Test
    void subscribersAreToldThatTheNodeGoesDown() throws IOException {
        RecordingSubscriber subscriber = RecordingSubscriber.unlimited();
        fixture.join("g", "c", "t", subscriber);
        broker.close();
        assertThat(subscriber.end()).isNotNull();
        assertThat(subscriber.end().reason()).isEqualTo(Reason.SHUTTING_DOWN);
    }

    @Test
    void waitingFetchIsRefusedWhenItsTimeIsOver() throws IOException {
        CompletableFuture<Fetched> waiting = broker.reader().fetch("t", 0, 0, 1, 1, Duration.ofMillis(300));
        broker.close();
        assertThat(waiting.handle((answer, failure) -> true)).succeedsWithin(SOON);
        assertThat(refusal(() -> waiting)).isEqualTo(Reason.SHUTTING_DOWN);
    }

    @Test
    void brokerMayBeClosedTwice() throws IOException {
        fixture.publish("t", "m");
        broker.close();
        assertThat(CompletableFuture.runAsync(() -> {
                    try {
                        broker.close();
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                }))
                .succeedsWithin(SOON);
        fixture.start();
        assertThat(fixture.fetch("t", 0, 0)).containsExactly("m");
    }

    @Test
    void secondCloseDoesNotUnlockTheDirectoryOfAnotherBroker() throws IOException {
        broker.close();
        Broker second = fixture.start();
        broker.close();
        assertThat(catchThrowable(() -> DataDirectory.open(new NioDisk(), fixture.root(), () -> "n", Instant.EPOCH)))
                .hasMessageContaining("in use by another mq process");
        assertThat(second.status().health().isReady()).isTrue();
    }

    @Test
    void closingBrokerIsNotReady() throws IOException {
        assertThat(broker.status().health()).isEqualTo(new BrokerHealth(true, true, List.of()));
        broker.close();
        BrokerHealth health = broker.status().health();
        assertThat(health.isReady()).isFalse();
        assertThat(health.problems()).contains("shutting down");
    }

    @Test
    void directoryIsFreeForTheNextProcess() throws IOException {
        broker.close();
        DataDirectory.open(new NioDisk(), fixture.root(), () -> "n", Instant.EPOCH)
                .close();
    }

    private static Set<Thread> threads() {
        return Set.copyOf(Thread.getAllStackTraces().keySet());
    }

    @Test
    void threadsOfTheBrokerEnd() throws IOException {
        assertThat(threads()).anyMatch(thread -> isOfThisBroker(thread));
        broker.close();
        await().untilAsserted(() -> assertThat(threads()).noneMatch(thread -> isOfThisBroker(thread)));
    }

    private boolean isOfThisBroker(Thread thread) {
        return !threadsBefore.contains(thread) && thread.getName().startsWith("mq-");
    }

    @Test
    void brokerWhoseCheckpointFailsClosesAllTheSameAndTheNextStartReplays() throws IOException {
        fixture.publish("t", "m");
        fixture.store().failWith(new IOException("database is broken"));
        broker.close();
        fixture.start();
        assertThat(fixture.broker().status().recovery().commands()).isPositive();
        assertThat(fixture.fetch("t", 0, 0)).containsExactly("m");
    }

    /** The last checkpoint forces segments; a force on an interrupted thread closes the file and fails. */
    @Test
    void interruptOfTheClosingThreadHarmsNothing() throws IOException {
        List<CompletableFuture<Published>> futures = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            futures.add(broker.publisher().publish(BrokerFixture.request("t", Records.record("m" + i))));
        }
        Thread.currentThread().interrupt();
        broker.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(futures).allMatch(future -> !future.isCompletedExceptionally());
        fixture.start();
        assertThat(fixture.broker().status().recovery().commands()).isZero();
        assertThat(fixture.fetch("t", 0, 0)).hasSize(200);
    }
}
