package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mq.core.delivery.RecordingSubscriber;
import io.mq.core.error.Reason;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a broker does without being asked. */
class UpkeepTest {

    private final SimulatedDisk disk = new SimulatedDisk();
    private final AtomicInteger checkpoints = new AtomicInteger();
    private final BrokerFixture fixture = new BrokerFixture(Path.of("/data/mq"), disk)
            .set("mq.checkpoint.interval", "1h")
            .set("mq.retention.interval", "100ms");

    private void start() {
        fixture.observedBy(new BrokerObserver() {
            @Override
            public void published(int messages, int bytes, long nanos) {}

            @Override
            public void checkpointed(long nanos) {
                checkpoints.incrementAndGet();
            }

            @Override
            public void delivered(Topic topic, int messages, long bytes, long delayMillis) {}

            @Override
            public void roundForced(int commands, int bytes, long placedBytes, long forceNanos) {}
        });
        fixture.start();
    }

    @AfterEach
    void stopBroker() throws IOException {
        disk.setCapacity(Long.MAX_VALUE);
        fixture.close();
    }

    private long messages() {
        return fixture.broker().topics().describe("t").messages();
    }

    private void publishLarge(int count) {
        for (int i = 0; i < count; i++) {
            fixture.publish("t", "x".repeat(30_000));
        }
    }

    @Test
    void checkpointIsTakenWhenItsTimeHasCome() {
        fixture.set("mq.checkpoint.interval", "100ms");
        start();
        fixture.create("t", 1);
        fixture.publish("t", "m");
        await().until(() -> fixture.broker().status().replayableJournalBytes() == 0);
        assertThat(fixture.store().load().topics()).hasSize(1);
    }

    @Test
    void checkpointIsTakenEarlyWhenTheJournalHasGrown() {
        fixture.set("mq.checkpoint.journal-bytes", "1MiB");
        start();
        fixture.create("t", 1);
        publishLarge(20);
        assertThat(fixture.broker().status().replayableJournalBytes()).isGreaterThan(20 * 30_000);
        publishLarge(20);
        await().until(() -> fixture.broker().status().replayableJournalBytes() < 1 << 20);
        await().until(() -> checkpoints.get() > 0);
    }

    @Test
    void checkpointThatFoundTheDiskFullIsNotCountedAsOne() {
        fixture.set("mq.checkpoint.interval", "100ms");
        start();
        fixture.create("t", 1);
        await().until(() -> checkpoints.get() > 0);
        disk.setCapacity(0);
        fixture.publish("t", "waits for room");
        int before = checkpoints.get();
        await().during(Duration.ofMillis(700)).until(() -> checkpoints.get() <= before + 1);
        disk.setCapacity(Long.MAX_VALUE);
        await().until(() -> checkpoints.get() > before + 1);
    }

    @Test
    void messagesOlderThanTheDefaultGo() {
        fixture.set("mq.topic.retention", "1h");
        start();
        fixture.create("t", 1);
        fixture.publish("t", "old");
        fixture.passTime(Duration.ofMinutes(59));
        fixture.publish("t", "young");
        fixture.passTime(Duration.ofMinutes(2));
        await().during(Duration.ofMillis(400)).until(() -> messages() == 2);
        fixture.passTime(Duration.ofMinutes(60));
        await().until(() -> messages() == 0);
    }

    @Test
    void topicsOwnRetentionCountsInPlaceOfTheDefault() {
        fixture.set("mq.topic.retention", "1h");
        start();
        fixture.broker()
                .topics()
                .create(
                        "t",
                        1,
                        new TopicConfig(
                                Optional.of(TopicConfig.FOREVER),
                                OptionalLong.empty(),
                                OptionalInt.empty(),
                                Optional.empty()))
                .join();
        fixture.create("default", 1);
        fixture.publish("t", "kept");
        fixture.publish("default", "gone");
        fixture.passTime(Duration.ofDays(10_000));
        await().until(() -> fixture.broker().topics().describe("default").messages() == 0);
        assertThat(messages()).isEqualTo(1);
    }

    @Test
    void oldestSegmentsGoWhenThereAreTooManyBytesAndTheirDiskIsFreed() {
        fixture.set("mq.topic.retention-bytes", "100KiB");
        start();
        fixture.create("t", 1);
        publishLarge(20);
        await().until(() -> fixture.broker().topics().describe("t").bytes() < 200_000);
        assertThat(messages()).isBetween(4L, 6L);
        await().until(() -> disk.files().stream()
                        .filter(file -> file.toString().endsWith(".log"))
                        .count()
                <= 4);
    }

    @Test
    void groupMemberThatTakesNothingIsEnded() {
        fixture.set("mq.delivery.stall-timeout", "100ms");
        start();
        fixture.create("t", 1);
        RecordingSubscriber stuck = new RecordingSubscriber(0);
        fixture.join("g", "stuck", "t", stuck);
        fixture.publish("t", "m");
        await().until(() -> stuck.end() != null);
        assertThat(stuck.end().reason()).isEqualTo(Reason.SUBSCRIBER_STALLED);
    }

    @Test
    void failureOfOneAttemptDoesNotEndTheRepetition() {
        fixture.set("mq.checkpoint.interval", "100ms");
        start();
        fixture.store().failWith(new IOException("database is broken"));
        fixture.create("t", 1);
        await().until(() -> fixture.broker().status().health().problems().stream()
                .anyMatch(problem -> problem.contains("database is broken")));
        fixture.store().failWith(null);
        await().until(() -> fixture.store().load().topics().size() == 1);
    }
}
