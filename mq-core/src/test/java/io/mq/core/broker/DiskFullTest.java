package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.core.checkpoint.InMemoryCheckpointStore;
import io.mq.core.command.Command;
import io.mq.core.command.CommitOffsetCommand;
import io.mq.core.command.CreateTopicCommand;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.file.DiskFullException;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.file.SimulatedDisk.Operation;
import io.mq.core.file.SimulatedDisk.Survival;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** The disk has no more room from some moment on, each one in turn; and then it has room again. */
class DiskFullTest {

    private static final int MESSAGES = 150;
    private static final int AFTER_FULL = 12;

    /** An engine and what it has acknowledged. */
    private static final class Life {

        private final SimulatedDisk disk = new SimulatedDisk();
        private final InMemoryCheckpointStore store = new InMemoryCheckpointStore();
        private final List<String> acknowledged = new ArrayList<>();
        private final EngineFixture fixture = EngineFixture.open(disk, store);
        private final Topic topic;
        private long committed;
        private int refused;

        Life() {
            topic = fixture.engine()
                    .journal()
                    .submit(new CreateTopicCommand(
                            "t", 1, TopicConfig.DEFAULTS, EngineFixture.SEGMENT_BYTES, EngineFixture.NOW))
                    .join()
                    .topic();
        }

        long usedBytes() {
            return Long.MAX_VALUE - disk.usableBytes(EngineFixture.ROOT);
        }

        boolean isTaken(Command<?> command) {
            try {
                fixture.engine().journal().submit(command).join();
                return true;
            } catch (CompletionException e) {
                assertThat(((BrokerException) e.getCause()).reason()).isEqualTo(Reason.DISK_FULL);
                assertThat(((BrokerException) e.getCause()).retryAfter()).isPresent();
                refused++;
                return false;
            }
        }

        void publish(int number) {
            String payload = "m" + number + " " + "x".repeat(number * 37 % 900);
            if (isTaken(EngineFixture.append(topic.partition(0), payload))) {
                acknowledged.add(payload);
            }
        }

        void commitAll() {
            long offset = acknowledged.size();
            if (isTaken(new CommitOffsetCommand("g", topic.partition(0), offset, "", EngineFixture.NOW))) {
                committed = offset;
            }
        }

        /** Publishes and commits, with a checkpoint now and then, and stops soon after the first refusal. */
        void run() throws IOException {
            int stopAt = MESSAGES;
            for (int i = 0; i < stopAt; i++) {
                publish(i);
                if (i % 10 == 9) {
                    commitAll();
                }
                if (i % 40 == 39) {
                    fixture.engine().checkpoint();
                }
                if (refused == 1) {
                    stopAt = Math.min(MESSAGES, i + AFTER_FULL);
                }
            }
        }

        void assertFoundAfter(Survival survival, String when) {
            SimulatedDisk found = disk.afterPowerCut(survival, new Random(1));
            try (EngineFixture recovered = EngineFixture.open(found, new InMemoryCheckpointStore(store.load()))) {
                assertComplete(recovered, when);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        void assertComplete(EngineFixture engine, String when) {
            assertThat(EngineFixture.payloads(engine.log(topic.partition(0))))
                    .as(when)
                    .isEqualTo(acknowledged);
            assertThat(engine.engine().state().offsets().find("g", topic.partition(0)))
                    .as(when)
                    .hasValueSatisfying(offset -> assertThat(offset.offset()).isEqualTo(committed));
        }
    }

    private static Set<Long> sizesOnTheWay() throws IOException {
        Set<Long> sizes = new TreeSet<>();
        Life life = new Life();
        life.disk.setHook((operation, path) -> sizes.add(life.usedBytes()));
        life.run();
        life.fixture.close();
        return sizes;
    }

    @Test
    void fromAnyGrowthOnLosesNothingAcknowledgedAndEndsByItself() throws IOException {
        int stalls = 0;
        int refusals = 0;
        Set<Long> sizes = sizesOnTheWay();
        assertThat(sizes).hasSizeGreaterThan(MESSAGES);
        for (long size : sizes) {
            String when = "disk full at %d bytes".formatted(size);
            Life life = new Life();
            life.disk.setCapacity(size);
            life.run();
            stalls += life.fixture.engine().state().isStalled() ? 1 : 0;
            refusals += life.refused;
            assertThat(life.fixture.engine().journal().isHealthy()).as(when).isTrue();
            life.commitAll();
            life.assertFoundAfter(Survival.NOTHING, when + ", then a power cut");
            life.disk.setCapacity(Long.MAX_VALUE);
            life.publish(MESSAGES);
            life.commitAll();
            life.assertComplete(life.fixture, when + ", then room again");
            assertThat(life.fixture.engine().checkpoint()).as(when).isTrue();
            life.publish(MESSAGES + 1);
            life.commitAll();
            life.assertFoundAfter(Survival.NOTHING, when + ", then room again, then a power cut");
            life.fixture.close();
        }
        assertThat(stalls).as("times when messages waited for their segment").isGreaterThan(10);
        assertThat(refusals).as("refused commands").isGreaterThan(100);
    }

    @Test
    void noRoomForAnotherFileLosesNothingAcknowledgedAndEndsByItself() throws IOException {
        for (int n = 1; n <= 20; n++) {
            Life life = new Life();
            int[] creations = {n};
            life.disk.setHook((operation, path) -> {
                if (operation == Operation.CREATE && --creations[0] <= 0) {
                    throw new DiskFullException(path, new IOException("No space left on device"));
                }
            });
            life.run();
            String when = "no room from creation %d on".formatted(n);
            life.assertFoundAfter(Survival.NOTHING, when);
            life.disk.setHook((operation, path) -> {});
            life.publish(MESSAGES);
            life.commitAll();
            life.assertComplete(life.fixture, when);
            life.fixture.close();
        }
    }

    @Test
    void commitsGoOnWhileMessagesWaitForTheirSegment() throws IOException {
        Life life = new Life();
        life.publish(0);
        life.disk.setCapacity(life.usedBytes());
        life.publish(1);
        assertThat(life.fixture.engine().state().isStalled()).isTrue();
        life.commitAll();
        assertThat(life.refused).isZero();
        assertThat(life.committed).isEqualTo(2);
        life.fixture.close();
    }
}
