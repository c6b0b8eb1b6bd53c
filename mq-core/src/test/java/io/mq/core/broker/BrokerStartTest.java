package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mq.core.cluster.Leadership;
import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import io.mq.core.file.NioDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that cannot start says why, and leaves everything as it was. */
class BrokerStartTest {

    @TempDir
    private Path temporary;

    private BrokerFixture fixture;

    @BeforeEach
    void makeFixture() {
        fixture = new BrokerFixture(temporary.resolve("data"));
    }

    @AfterEach
    void stopBroker() throws IOException {
        fixture.close();
    }

    private StartupException refusal() {
        return catchThrowableOfType(StartupException.class, fixture::start);
    }

    @Test
    void directoryOfARunningBrokerIsRefusedAndTheBrokerGoesOn() {
        Broker first = fixture.start();
        assertThat(refusal().failure()).isEqualTo(StartupFailure.DATA_DIRECTORY_IN_USE);
        assertThat(first.status().health().isReady()).isTrue();
        fixture.create("t", 1);
        assertThat(fixture.publish("t", "m").offset()).isZero();
    }

    @Test
    void damagedJournalIsRefusedByItsPlaceAndChangesNothing() throws IOException {
        fixture.start();
        fixture.create("t", 1);
        for (int i = 0; i < 10; i++) {
            fixture.publish("t", "m" + i);
        }
        fixture.store().failWith(new IOException("no last checkpoint"));
        fixture.close();
        Path journal = fixture.root().resolve("journal").resolve("00000000000000000001.journal");
        byte[] sound = Files.readAllBytes(journal);
        byte[] damaged = sound.clone();
        damaged[4300] ^= 1;
        Files.write(journal, damaged);
        StartupException refusal = refusal();
        assertThat(refusal.failure()).isEqualTo(StartupFailure.CORRUPT_DATA);
        assertThat(refusal).hasMessageContainingAll(journal + "@", "expected index", "mq inspect");
        assertThat(refusal().failure()).isEqualTo(StartupFailure.CORRUPT_DATA);
        assertThat(Arrays.equals(Files.readAllBytes(journal), damaged)).isTrue();
        Files.write(journal, sound);
        fixture.start();
        assertThat(fixture.fetch("t", 0, 0)).hasSize(10);
    }

    @Test
    void storeThatCannotBeOpenedIsRefusedAndTheDirectoryUnlocked() {
        StartupException refusal = catchThrowableOfType(
                StartupException.class,
                () -> Broker.open(
                        fixture.config(),
                        new BrokerPlatform(
                                new NioDisk(),
                                InstantSource.system(),
                                System::nanoTime,
                                new Random(1),
                                () -> "n",
                                BrokerObserver.NONE,
                                Leadership.ALONE),
                        directory -> {
                            throw new IOException("database is broken");
                        }));
        assertThat(refusal.failure()).isEqualTo(StartupFailure.DATA_DIRECTORY_UNUSABLE);
        assertThat(refusal).hasMessageContainingAll(fixture.root().toString(), "database is broken");
        fixture.start();
        assertThat(fixture.broker().status().health().isReady()).isTrue();
    }

    @Test
    void directoryOfANewerVersionIsRefused() throws IOException {
        Files.createDirectories(fixture.root());
        Files.writeString(fixture.root().resolve("node.properties"), "format=2\nnode-id=n\n");
        assertThat(refusal().failure()).isEqualTo(StartupFailure.NEWER_DATA_FORMAT);
    }

    @Test
    void realPlatformStartsABroker() throws IOException {
        try (Broker broker =
                Broker.open(fixture.config(), BrokerPlatform.real(BrokerObserver.NONE), directory -> fixture.store())) {
            assertThat(broker.status().nodeId()).matches("node-[0-9a-f]{8}");
            assertThat(broker.status().health().isReady()).isTrue();
        }
    }
}
