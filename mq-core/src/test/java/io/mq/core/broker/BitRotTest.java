package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.batch.RecordBatch;
import io.mq.batch.RecordCodec;
import io.mq.batch.Seeds;
import io.mq.core.checkpoint.InMemoryCheckpointStore;
import io.mq.core.command.CreateTopicCommand;
import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import io.mq.core.file.CorruptFileException;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.file.SimulatedDisk.Survival;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import io.mq.core.state.StateImage;
import io.mq.core.storage.LogCursor;
import io.mq.core.storage.SegmentLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Any bit of any file of a data directory is turned over: a wrong message is never delivered, nor one left out. */
class BitRotTest {

    private static final int MESSAGES = 300;

    private final SimulatedDisk disk = new SimulatedDisk();
    private final List<String> messages = new ArrayList<>();
    private StateImage checkpoint;
    private Topic topic;

    @BeforeEach
    void writeDataDirectory() throws IOException {
        InMemoryCheckpointStore store = new InMemoryCheckpointStore();
        try (EngineFixture fixture = EngineFixture.open(disk, store)) {
            topic = fixture.engine()
                    .journal()
                    .submit(new CreateTopicCommand(
                            "t", 1, TopicConfig.DEFAULTS, EngineFixture.SEGMENT_BYTES, EngineFixture.NOW))
                    .join()
                    .topic();
            for (int i = 0; i < MESSAGES; i++) {
                String message = "m" + i + " " + "x".repeat(i * 37 % 300);
                fixture.engine()
                        .journal()
                        .submit(EngineFixture.append(topic.partition(0), message))
                        .join();
                messages.add(message);
                if (i == MESSAGES / 2) {
                    fixture.engine().checkpoint();
                }
            }
        }
        checkpoint = store.load();
    }

    @Test
    void isNeverDelivered() {
        int[] outcomes = new int[3];
        Seeds.forEach(400, random -> {
            SimulatedDisk found = disk.afterPowerCut(Survival.EVERYTHING, new Random(1));
            Path file = found.files().get(random.nextInt(found.files().size()));
            long bits = 8L * found.content(file).length;
            if (bits == 0) {
                return;
            }
            long bit = random.nextLong(bits);
            found.flipBit(file, bit);
            String when = "with bit %d of %s turned over".formatted(bit, file);
            try (EngineFixture recovered = EngineFixture.open(found, new InMemoryCheckpointStore(checkpoint))) {
                outcomes[readAll(recovered.log(topic.partition(0)), file, when)]++;
            } catch (StartupException e) {
                assertThat(e.failure()).as(when).isIn(StartupFailure.CORRUPT_DATA, StartupFailure.NEWER_DATA_FORMAT);
                assertThat(e).as(when).hasMessageContaining(file.toString());
                outcomes[2]++;
            }
        });
        if (Seeds.areMany()) {
            assertThat(outcomes[0]).as("bits that did not matter").isPositive();
            assertThat(outcomes[1]).as("bits that a reader found").isPositive();
            assertThat(outcomes[2]).as("bits that a start found").isPositive();
        }
    }

    /** Answers 1 where a message cannot be read, else 0. */
    private int readAll(SegmentLog log, Path damaged, String when) throws Exception {
        // The last round of the journal cannot be told from a write that the power cut off.
        int end = (int) log.end();
        boolean isJournal = damaged.toString().endsWith(".journal");
        assertThat(end).as(when).isIn(MESSAGES, isJournal ? MESSAGES - 1 : MESSAGES);
        int unreadable = 0;
        for (int offset = 0; offset < end; offset++) {
            try {
                RecordBatch batch = log.read(new LogCursor(offset), 1).batches().get(0);
                String found = StandardCharsets.UTF_8
                        .decode(RecordCodec.decode(batch.records().get(0)).payload())
                        .toString();
                assertThat(found).as("offset %d %s", offset, when).isEqualTo(messages.get(offset));
            } catch (CorruptFileException e) {
                assertThat(e).hasMessageContaining(damaged.toString());
                unreadable = 1;
            }
        }
        return unreadable;
    }
}
