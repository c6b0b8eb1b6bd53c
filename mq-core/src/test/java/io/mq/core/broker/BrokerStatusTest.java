package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.mq.batch.Records;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.file.SimulatedDisk.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a broker feels when its disk or its checkpoint store is ill. */
class BrokerStatusTest {

    private final SimulatedDisk disk = new SimulatedDisk();
    private BrokerFixture fixture;

    @BeforeEach
    void startBroker() {
        fixture = new BrokerFixture(Path.of("/data/mq"), disk)
                .set("mq.checkpoint.interval", "100ms")
                .set("mq.storage.scrub-bytes-per-second", "1MiB");
        fixture.start();
        fixture.create("t", 1);
        fixture.publish("t", "m0");
    }

    @AfterEach
    void stopBroker() throws IOException {
        disk.setHook((operation, path) -> {});
        fixture.close();
    }

    private BrokerHealth health() {
        return fixture.broker().status().health();
    }

    private BrokerException publishRefused() {
        return (BrokerException) catchThrowableOfType(CompletionException.class, () -> fixture.publish("t", "x"))
                .getCause();
    }

    private void failForces(String suffix) {
        disk.setHook((operation, path) -> {
            if (operation == Operation.FORCE && path.toString().endsWith(suffix)) {
                throw new IOException("Input/output error");
            }
        });
    }

    @Test
    void soundBrokerHasNoProblems() {
        assertThat(health().isLive()).isTrue();
        assertThat(health().isReady()).isTrue();
        assertThat(health().problems()).isEmpty();
        assertThat(fixture.broker().status().nodeId()).isEqualTo("test-node");
        assertThat(fixture.broker().status().dataDirectory()).isEqualTo(Path.of("/data/mq"));
    }

    @Test
    void failedForceOfTheJournalStopsWritesUntilARestartAndReadsGoOn() throws IOException {
        failForces(".journal");
        BrokerException inDoubt = publishRefused();
        assertThat(inDoubt.reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
        assertThat(inDoubt).hasMessageContaining("it may be committed");
        BrokerException refused = publishRefused();
        assertThat(refused.reason()).isEqualTo(Reason.JOURNAL_FAILED);
        assertThat(refused).hasMessageContainingAll("Input/output error", "until mq is restarted");
        assertThat(health().isLive()).isFalse();
        assertThat(health().isReady()).isFalse();
        assertThat(health().problems()).contains("the journal has failed; restart mq, which verifies all files");
        assertThat(fixture.fetch("t", 0, 0)).containsExactly("m0");
        disk.setHook((operation, path) -> {});
        fixture.restart();
        assertThat(health().isReady()).isTrue();
        assertThat(fixture.fetch("t", 0, 0)).startsWith("m0");
    }

    @Test
    void failedForceOfASegmentStopsWritesToo() throws IOException {
        failForces(".log");
        fixture.publish("t", "m1");
        await().until(() -> !health().isLive());
        assertThat(publishRefused().reason()).isEqualTo(Reason.JOURNAL_FAILED);
        disk.setHook((operation, path) -> {});
        fixture.restart();
        assertThat(fixture.fetch("t", 0, 0)).containsExactly("m0", "m1");
    }

    @Test
    void failingCheckpointsAreAProblemUntilOneSucceeds() {
        fixture.store().failWith(new IOException("database is broken"));
        fixture.publish("t", "m1");
        await().untilAsserted(() -> assertThat(health().problems())
                .anyMatch(problem -> problem.equals("checkpoints fail: database is broken")));
        await().untilAsserted(() ->
                assertThat(health().problems()).anyMatch(problem -> problem.startsWith("the last checkpoint is ")));
        assertThat(health().isReady()).isTrue();
        assertThat(fixture.broker().status().replayableJournalBytes()).isPositive();
        fixture.store().failWith(null);
        await().untilAsserted(() -> assertThat(health().problems()).isEmpty());
        assertThat(fixture.broker().status().checkpointAge()).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void rottenMessageIsFoundByTheScrubber() {
        Path segment = disk.files().stream()
                .filter(file -> file.toString().endsWith(".log"))
                .findFirst()
                .orElseThrow();
        disk.flipBit(segment, 8 * 85);
        await().until(() -> fixture.broker().status().damages() == 1);
        assertThat(health().problems())
                .singleElement()
                .asString()
                .startsWith("stored messages are damaged: " + segment + "@0: batch records CRC");
        long passes = fixture.broker().status().scrubPasses();
        await().until(() -> fixture.broker().status().scrubPasses() > passes + 1);
        assertThat(fixture.broker().status().damages()).as("damages, each once").isEqualTo(1);
    }

    @Test
    void messagesThatWaitForAFullDiskStopPublishingUntilThereIsRoom() {
        disk.setCapacity(0);
        assertThat(fixture.publish("t", "m1").offset()).isEqualTo(1);
        assertThat(fixture.broker().status().isDiskFull()).isTrue();
        assertThat(catchThrowableOfType(
                                BrokerException.class,
                                () -> fixture.broker()
                                        .publisher()
                                        .publish(BrokerFixture.request("t", Records.record("x"))))
                        .reason())
                .isEqualTo(Reason.DISK_FULL);
        disk.setCapacity(Long.MAX_VALUE);
        await().until(() -> !fixture.broker().status().isDiskFull());
        assertThat(fixture.publish("t", "m2").offset()).isEqualTo(2);
        assertThat(fixture.fetch("t", 0, 0)).containsExactly("m0", "m1", "m2");
    }
}
