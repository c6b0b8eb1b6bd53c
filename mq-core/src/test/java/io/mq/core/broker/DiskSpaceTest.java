package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.mq.batch.Records;
import io.mq.core.delivery.RecordingSubscriber;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.file.ForwardingDisk;
import io.mq.core.file.NioDisk;
import io.mq.core.message.TopicConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Below the high-water mark nothing is published, all else goes on, and it ends by itself. */
class DiskSpaceTest {

    private static final long ENOUGH = 1L << 40;

    @TempDir
    private Path temporary;

    private final ReportedDisk disk = new ReportedDisk();
    private BrokerFixture fixture;

    /** A real disk that reports as much free space as a test says. */
    private static final class ReportedDisk extends ForwardingDisk {

        private volatile long usableBytes = ENOUGH;

        ReportedDisk() {
            super(new NioDisk());
        }

        @Override
        public long usableBytes(Path directory) {
            return usableBytes;
        }
    }

    @BeforeEach
    void startBroker() {
        fixture = new BrokerFixture(temporary.resolve("data"), disk)
                .set("mq.storage.free-bytes-min", "1MiB")
                .set("mq.retention.interval", "100ms");
        fixture.start();
        fixture.create("t", 1);
        for (int i = 0; i < 5; i++) {
            fixture.publish("t", "m" + i);
        }
    }

    @AfterEach
    void stopBroker() throws IOException {
        fixture.close();
    }

    private BrokerException refusal() {
        return catchThrowableOfType(
                BrokerException.class,
                () -> fixture.broker().publisher().publish(BrokerFixture.request("t", Records.record("x"))));
    }

    private void fillDisk() {
        disk.usableBytes = (1 << 20) - 1;
        await().until(() -> fixture.broker().status().isDiskFull());
    }

    @Test
    void publishingIsRefusedBelowTheMarkAndGoesOnByItselfAboveIt() {
        fillDisk();
        BrokerException refusal = refusal();
        assertThat(refusal.reason()).isEqualTo(Reason.DISK_FULL);
        assertThat(refusal.retryAfter()).isPresent();
        assertThat(refusal.metadata()).containsEntry("usable_bytes", "1048575");
        disk.usableBytes = 1 << 20;
        await().until(() -> !fixture.broker().status().isDiskFull());
        assertThat(fixture.publish("t", "again").offset()).isEqualTo(5);
    }

    @Test
    void markHoldsFromTheFirstMomentOn() throws IOException {
        disk.usableBytes = 0;
        fixture.restart();
        assertThat(refusal().reason()).isEqualTo(Reason.DISK_FULL);
    }

    @Test
    void consumersAndCommitsGoOnBelowTheMark() {
        fillDisk();
        RecordingSubscriber subscriber = RecordingSubscriber.unlimited();
        fixture.join("g", "c", "t", subscriber);
        await().until(() -> subscriber.payloads().size() == 5);
        assertThat(fixture.broker().groups().commit("g", "t", 0, 5, "").join().offset())
                .isEqualTo(5);
        assertThat(fixture.fetch("t", 0, 3)).containsExactly("m3", "m4");
    }

    @Test
    void retentionAndDeletionGoOnBelowTheMark() {
        fillDisk();
        fixture.broker()
                .topics()
                .alter(
                        "t",
                        0,
                        new TopicConfig(
                                Optional.of(Duration.ofHours(1)),
                                OptionalLong.empty(),
                                OptionalInt.empty(),
                                Optional.empty()))
                .join();
        fixture.passTime(Duration.ofHours(2));
        await().until(() -> fixture.broker().topics().describe("t").messages() == 0);
        fixture.broker().topics().delete("t").join();
        await().untilAsserted(() ->
                assertThat(fixture.root().resolve("shards/0/topics/t-1")).doesNotExist());
    }

    @Test
    void deadLettersAreRefusedBelowTheMarkToo() {
        fillDisk();
        PublishRequest request = new PublishRequest(
                "t", OptionalInt.empty(), Records.record("x"), true, Optional.of(Durability.FSYNCED));
        assertThat(catchThrowableOfType(
                                BrokerException.class,
                                () -> fixture.broker().publisher().publish(request))
                        .reason())
                .isEqualTo(Reason.DISK_FULL);
        assertThat(fixture.broker().topics().list()).hasSize(1);
    }

    @Test
    void fullDiskIsAProblemOfABrokerThatIsReady() {
        fillDisk();
        BrokerHealth health = fixture.broker().status().health();
        assertThat(health.isLive()).isTrue();
        assertThat(health.isReady()).isTrue();
        assertThat(health.problems()).singleElement().asString().contains("1048575 bytes are free", "below 1048576");
        assertThat(fixture.broker().status().usableDiskBytes()).isEqualTo(1_048_575);
    }

    /** The disk still reports what it had when it was last looked at. */
    @Test
    void producerThatIsFasterThanTheLooksAtTheDiskIsStopped() {
        disk.usableBytes = 2 << 20;
        Awaitility.await().until(() -> fixture.broker().status().usableDiskBytes() == 2 << 20);
        BrokerException refusal = catchThrowableOfType(BrokerException.class, () -> {
            for (int i = 0; i < 20; i++) {
                var unused = fixture.broker()
                        .publisher()
                        .publish(BrokerFixture.request("t", Records.record("x".repeat(100_000))));
            }
        });
        assertThat(refusal.reason()).isEqualTo(Reason.DISK_FULL);
        // Two looks later, what was taken has reached the disk, and the disk says what is left.
        Awaitility.await()
                .ignoreExceptions()
                .until(() -> fixture.publish("t", "again").offset() > 0);
    }
}
