package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mq.core.checkpoint.InMemoryCheckpointStore;
import io.mq.core.command.AppendCommand;
import io.mq.core.command.AppendCommand.Appended;
import io.mq.core.command.CreateTopicCommand;
import io.mq.core.command.DeleteTopicCommand;
import io.mq.core.command.OpenProducerCommand;
import io.mq.core.error.BrokerException;
import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.file.SimulatedDisk.Survival;
import io.mq.core.message.PartitionId;
import io.mq.core.message.TopicConfig;
import io.mq.core.state.StateImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Large appends are on disk once, in their segment; the journal refers to them. */
class PlacedAppendTest {

    private static final PartitionId PARTITION = new PartitionId(1, 0);
    private static final String LARGE = "large ".repeat(200);
    private static final String SMALL = "small";

    private final SimulatedDisk disk = new SimulatedDisk();
    private final InMemoryCheckpointStore store = new InMemoryCheckpointStore();
    private EngineFixture fixture;

    @BeforeEach
    void start() {
        fixture = EngineFixture.open(disk, store);
        fixture.engine()
                .journal()
                .submit(new CreateTopicCommand(
                        "t", 1, TopicConfig.DEFAULTS, EngineFixture.SEGMENT_BYTES, EngineFixture.NOW))
                .join();
    }

    private CompletableFuture<Appended> publish(String payload) {
        return fixture.engine().journal().submit(EngineFixture.append(PARTITION, payload));
    }

    private int copies(String payload) {
        int copies = 0;
        for (Path file : disk.files()) {
            String content = new String(disk.content(file), StandardCharsets.ISO_8859_1);
            copies += content.split(payload, -1).length - 1;
        }
        return copies;
    }

    private EngineFixture afterPowerCut() {
        return EngineFixture.open(
                disk.afterPowerCut(Survival.NOTHING, new Random(1)), new InMemoryCheckpointStore(store.load()));
    }

    @Test
    void largeAppendIsWrittenOnceAndASmallOneTwice() {
        publish(SMALL).join();
        publish(LARGE).join();
        assertThat(copies(LARGE)).isEqualTo(1);
        assertThat(copies(SMALL)).isEqualTo(2);
    }

    @Test
    void acknowledgedAppendSurvivesAPowerCut() throws IOException {
        publish(SMALL).join();
        publish(LARGE).join();
        publish(SMALL).join();
        try (EngineFixture found = afterPowerCut()) {
            assertThat(EngineFixture.payloads(found.log(PARTITION))).containsExactly(SMALL, LARGE, SMALL);
        }
    }

    @Test
    void refusedAppendsAmongPlacedOnesStayRefused() throws IOException {
        PartitionId gone = new PartitionId(1, 7);
        List<CompletableFuture<Appended>> answers = List.of(
                publish(LARGE), fixture.engine().journal().submit(EngineFixture.append(gone, LARGE)), publish(LARGE));
        answers.get(0).join();
        assertThat(catchThrowableOfType(CompletionException.class, answers.get(1)::join))
                .hasCauseInstanceOf(BrokerException.class);
        assertThat(answers.get(2).join().baseOffset()).isEqualTo(1);
        try (EngineFixture found = afterPowerCut()) {
            assertThat(EngineFixture.payloads(found.log(PARTITION))).containsExactly(LARGE, LARGE);
        }
    }

    @Test
    void duplicatesAmongPlacedOnesStayDuplicates() throws IOException {
        fixture.engine()
                .journal()
                .submit(new OpenProducerCommand(9, 1, EngineFixture.NOW))
                .join();
        for (int attempt = 0; attempt < 3; attempt++) {
            AppendCommand append = EngineFixture.append(PARTITION, LARGE);
            append.batch().stampProducer(9, 1, 0);
            Appended answer = fixture.engine().journal().submit(append).join();
            assertThat(answer).isEqualTo(new Appended(0, attempt > 0));
        }
        try (EngineFixture found = afterPowerCut()) {
            assertThat(EngineFixture.payloads(found.log(PARTITION))).containsExactly(LARGE);
        }
    }

    @Test
    void topicThatWasDeletedAfterwardsIsGoneAfterThePowerCut() throws IOException {
        publish(LARGE).join();
        fixture.engine().journal().submit(new DeleteTopicCommand(1)).join();
        try (EngineFixture found = afterPowerCut()) {
            assertThat(found.topic("t")).isEmpty();
        }
    }

    @Test
    void damagedPlacedBatchKeepsTheNodeFromStartingAndChangesNothing() throws IOException {
        publish(LARGE).join();
        publish(LARGE).join();
        StateImage checkpoint = store.load();
        SimulatedDisk found = disk.afterPowerCut(Survival.NOTHING, new Random(1));
        Path segment = found.files().stream()
                .filter(file -> file.toString().endsWith(".log"))
                .findFirst()
                .orElseThrow();
        found.flipBit(segment, 8L * (found.size(segment) - 10));
        Map<Path, byte[]> before = contents(found);
        StartupException refusal = catchThrowableOfType(
                StartupException.class, () -> EngineFixture.open(found, new InMemoryCheckpointStore(checkpoint)));
        assertThat(refusal.failure()).isEqualTo(StartupFailure.CORRUPT_DATA);
        assertThat(refusal).hasMessageContaining(segment + "@").hasMessageContaining("batch records CRC");
        Map<Path, byte[]> after = contents(found);
        assertThat(after.keySet()).isEqualTo(before.keySet());
        after.forEach((file, content) -> assertThat(content).as(file.toString()).isEqualTo(before.get(file)));
    }

    private static Map<Path, byte[]> contents(SimulatedDisk disk) {
        Map<Path, byte[]> contents = new HashMap<>();
        disk.files().forEach(file -> contents.put(file, disk.content(file)));
        return contents;
    }

    @Test
    void checkpointMakesTheReferencesSuperfluous() throws IOException {
        publish(LARGE).join();
        publish(SMALL).join();
        fixture.engine().checkpoint();
        publish(LARGE).join();
        try (EngineFixture found = afterPowerCut()) {
            assertThat(found.engine().recovery().commands()).isEqualTo(1);
            assertThat(EngineFixture.payloads(found.log(PARTITION))).containsExactly(LARGE, SMALL, LARGE);
        }
    }

    @Test
    void placedBytesCountAsWhatARestartHasToReplay() {
        long before = fixture.engine().journal().bytesWritten();
        publish(LARGE).join();
        assertThat(fixture.engine().journal().bytesWritten() - before).isGreaterThan(LARGE.length());
    }
}
