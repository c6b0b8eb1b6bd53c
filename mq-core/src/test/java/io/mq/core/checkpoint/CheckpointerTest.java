package io.mq.core.checkpoint;

import static io.mq.core.broker.EngineFixture.NOW;
import static io.mq.core.broker.EngineFixture.SEGMENT_BYTES;
import static io.mq.core.broker.EngineFixture.append;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mq.core.broker.EngineFixture;
import io.mq.core.command.CommitOffsetCommand;
import io.mq.core.command.CreateTopicCommand;
import io.mq.core.command.DeleteTopicCommand;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.file.SimulatedDisk.Operation;
import io.mq.core.file.SimulatedDisk.Survival;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import io.mq.core.state.StateDelta;
import io.mq.core.state.StateImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A checkpoint is taken step by step, and whatever fails or stops in between, nothing is lost. */
class CheckpointerTest {

    private final SimulatedDisk disk = new SimulatedDisk();
    private final WatchedStore store = new WatchedStore();
    private EngineFixture fixture;
    private Topic topic;

    /** A store that lets a test look at each save before it happens. */
    private static final class WatchedStore implements CheckpointStore {

        private final InMemoryCheckpointStore store = new InMemoryCheckpointStore();
        private final List<StateDelta> saved = new ArrayList<>();
        private Runnable beforeSave = () -> {};

        @Override
        public StateImage load() {
            return store.load();
        }

        @Override
        public void save(StateDelta delta) throws IOException {
            beforeSave.run();
            store.save(delta);
            saved.add(delta);
        }

        @Override
        public void replace(StateImage image) throws IOException {
            store.replace(image);
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void openEngine() {
        fixture = EngineFixture.open(disk, store);
        topic = create("t");
        store.saved.clear();
    }

    private Topic create(String name) {
        return fixture.engine()
                .journal()
                .submit(new CreateTopicCommand(name, 2, TopicConfig.DEFAULTS, SEGMENT_BYTES, NOW))
                .join()
                .topic();
    }

    private void publish(int count) {
        for (int i = 0; i < count; i++) {
            fixture.engine()
                    .journal()
                    .submit(append(topic.partition(0), "m" + i))
                    .join();
        }
    }

    private void commit(long offset) {
        fixture.engine()
                .journal()
                .submit(new CommitOffsetCommand("g", topic.partition(0), offset, "", NOW))
                .join();
    }

    private Checkpointer checkpointer() {
        return fixture.engine().checkpointer();
    }

    private static List<String> messages(int count) {
        return IntStream.range(0, count).mapToObj(i -> "m" + i).toList();
    }

    private List<String> found(StateImage checkpoint, PartitionId partition) {
        SimulatedDisk after = disk.afterPowerCut(Survival.NOTHING, new Random(1));
        try (EngineFixture recovered = EngineFixture.open(after, new InMemoryCheckpointStore(checkpoint))) {
            return EngineFixture.payloads(recovered.log(partition));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void checkpointSavesWhatChangedAndOnlyThat() throws IOException {
        publish(3);
        commit(2);
        assertThat(fixture.engine().checkpoint()).isTrue();
        StateDelta first = store.saved.get(0);
        assertThat(first.topics()).containsOnlyKeys(topic.id());
        assertThat(first.logs()).containsOnlyKeys(topic.partition(0));
        assertThat(first.offsets()).hasSize(1);
        assertThat(first.applied().index()).isEqualTo(5);
        commit(3);
        fixture.engine().checkpoint();
        StateDelta second = store.saved.get(1);
        assertThat(second.topics()).isEmpty();
        assertThat(second.logs()).isEmpty();
        assertThat(second.offsets()).hasSize(1);
        assertThat(second.applied().index()).isEqualTo(6);
    }

    @Test
    void nothingIsSavedWhereNothingChanged() throws IOException {
        fixture.engine().checkpoint();
        store.saved.clear();
        assertThat(fixture.engine().checkpoint()).isTrue();
        assertThat(store.saved).isEmpty();
    }

    /** The saved checkpoint must be true of the disk at the moment at which it is saved. */
    @Test
    void segmentsAreOnDiskBeforeTheStoreIsAsked() throws IOException {
        publish(100);
        boolean[] wasAsked = new boolean[1];
        store.beforeSave = () -> {
            wasAsked[0] = true;
            SimulatedDisk after = disk.afterPowerCut(Survival.NOTHING, new Random(1));
            fixture.log(topic.partition(0));
            long durable = after.files().stream()
                    .filter(file -> file.toString().endsWith(".log"))
                    .mapToLong(file -> after.content(file).length)
                    .sum();
            assertThat(durable).isEqualTo(fixture.log(topic.partition(0)).sizeInBytes());
        };
        fixture.engine().checkpoint();
        assertThat(wasAsked[0]).isTrue();
    }

    @Test
    void journalKeepsEverythingUntilTheStoreHasSaved() throws IOException {
        publish(400);
        List<?> journalBefore = disk.list(EngineFixture.ROOT.resolve("journal"));
        store.beforeSave = () ->
                assertThat(disk.list(EngineFixture.ROOT.resolve("journal"))).isEqualTo(journalBefore);
        fixture.engine().checkpoint();
        assertThat(disk.list(EngineFixture.ROOT.resolve("journal"))).isNotEqualTo(journalBefore);
        assertThat(found(store.load(), topic.partition(0))).isEqualTo(messages(400));
    }

    /** Between any two steps the machine may stop, with whatever the disk has kept by then. */
    @Test
    void crashAtAnyStepOfACheckpointLosesNothing() throws IOException {
        publish(300);
        commit(100);
        List<String> steps = new ArrayList<>();
        Random random = new Random(3);
        Runnable crash = () -> {
            for (Survival survival : Survival.values()) {
                SimulatedDisk after = disk.afterPowerCut(survival, random);
                try (EngineFixture recovered = EngineFixture.open(after, new InMemoryCheckpointStore(store.load()))) {
                    assertThat(EngineFixture.payloads(recovered.log(topic.partition(0))))
                            .as("messages after a crash before %s", steps.get(steps.size() - 1))
                            .isEqualTo(messages(300));
                    assertThat(recovered.engine().state().offsets().find("g", topic.partition(0)))
                            .isPresent();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
        store.beforeSave = () -> {
            steps.add("the save");
            crash.run();
        };
        disk.setHook((operation, path) -> {
            steps.add(operation + " of " + path.getFileName());
            crash.run();
        });
        fixture.engine().checkpoint();
        disk.setHook((operation, path) -> {});
        steps.add("the next command");
        crash.run();
        assertThat(steps).contains("the save").hasSizeGreaterThan(10);
    }

    @Test
    void failedSaveLosesNothingAndTheNextOneSavesBoth() throws IOException {
        publish(100);
        store.beforeSave = () -> {
            throw new UncheckedIOException(new IOException("database is broken"));
        };
        assertThat(catchThrowable(() -> fixture.engine().checkpoint())).hasRootCauseMessage("database is broken");
        assertThat(found(store.load(), topic.partition(0))).isEqualTo(messages(100));
        commit(7);
        store.beforeSave = () -> {};
        fixture.engine().checkpoint();
        StateDelta both = store.saved.get(0);
        assertThat(both.topics()).containsOnlyKeys(topic.id());
        assertThat(both.logs()).containsOnlyKeys(topic.partition(0));
        assertThat(both.offsets()).hasSize(1);
        assertThat(found(store.load(), topic.partition(0))).isEqualTo(messages(100));
    }

    @Test
    void failureOfTheStoreIsRememberedUntilItSucceeds() throws IOException {
        InMemoryCheckpointStore failing = new InMemoryCheckpointStore();
        SimulatedDisk other = new SimulatedDisk();
        try (EngineFixture second = EngineFixture.open(other, failing)) {
            second.engine()
                    .journal()
                    .submit(new CreateTopicCommand("t", 1, TopicConfig.DEFAULTS, SEGMENT_BYTES, NOW))
                    .join();
            long uncovered = second.engine()
                    .checkpointer()
                    .uncoveredBytes(second.engine().journal());
            assertThat(uncovered).isPositive();
            failing.failWith(new IOException("database is broken"));
            assertThatIOException().isThrownBy(() -> second.engine().checkpoint());
            assertThat(second.engine().checkpointer().lastFailure())
                    .hasValueSatisfying(e -> assertThat(e).hasMessage("database is broken"));
            assertThat(second.engine().journal().isHealthy()).isTrue();
            assertThat(second.engine()
                            .checkpointer()
                            .uncoveredBytes(second.engine().journal()))
                    .as("bytes that a restart would replay after a failed checkpoint")
                    .isEqualTo(uncovered);
            failing.failWith(null);
            second.engine().checkpoint();
            assertThat(second.engine().checkpointer().lastFailure()).isEmpty();
            assertThat(second.engine()
                            .checkpointer()
                            .uncoveredBytes(second.engine().journal()))
                    .isZero();
        }
    }

    private void failSegmentForces() {
        disk.setHook((operation, path) -> {
            if (operation == Operation.FORCE && path.toString().endsWith(".log")) {
                throw new IOException("Input/output error");
            }
        });
    }

    @Test
    void failedForceOfASegmentStopsTheJournalAndSavesNothing() {
        publish(10);
        failSegmentForces();
        assertThatIOException().isThrownBy(() -> fixture.engine().checkpoint()).withMessage("Input/output error");
        assertThat(fixture.engine().journal().isHealthy()).isFalse();
        assertThat(store.saved).isEmpty();
    }

    /** It would save an index whose segments were never forced, and have the journal forget what they lack. */
    @Test
    void noCheckpointIsTakenAfterAFailedForce() {
        publish(10);
        failSegmentForces();
        assertThatIOException().isThrownBy(() -> fixture.engine().checkpoint());
        disk.setHook((operation, path) -> {});
        assertThatIOException().isThrownBy(() -> fixture.engine().checkpoint());
        assertThat(store.saved).isEmpty();
        assertThat(found(store.load(), topic.partition(0))).isEqualTo(messages(10));
    }

    @Test
    void noCheckpointIsTakenWhileAFullDiskKeepsMessagesFromTheirSegments() throws IOException {
        disk.setCapacity(0);
        publish(1);
        assertThat(fixture.engine().checkpoint()).isFalse();
        assertThat(store.saved).isEmpty();
        assertThat(found(store.load(), topic.partition(0))).isEqualTo(messages(1));
        disk.setCapacity(Long.MAX_VALUE);
        commit(1);
        assertThat(fixture.engine().checkpoint()).isTrue();
        assertThat(found(store.load(), topic.partition(0))).isEqualTo(messages(1));
    }

    private List<?> segments() {
        return disk.files().stream()
                .filter(file -> file.toString().endsWith(".log"))
                .toList();
    }

    @Test
    void diskOfADeletedTopicIsFreedOnceTheCheckpointNoLongerKnowsIt() throws IOException {
        publish(10);
        fixture.engine().checkpoint();
        fixture.engine().journal().submit(new DeleteTopicCommand(topic.id())).join();
        assertThat(segments()).isNotEmpty();
        store.beforeSave = () -> assertThat(segments()).isNotEmpty();
        fixture.engine().checkpoint();
        assertThat(segments()).isEmpty();
        assertThat(disk.exists(EngineFixture.ROOT.resolve("shards/0/topics/t-" + topic.id())))
                .isFalse();
    }

    @Test
    void diskOfATopicThatWasDeletedBeforeACrashIsFreedByTheNextStart() throws IOException {
        publish(10);
        fixture.engine().checkpoint();
        fixture.engine().journal().submit(new DeleteTopicCommand(topic.id())).join();
        SimulatedDisk after = disk.afterPowerCut(Survival.NOTHING, new Random(1));
        try (EngineFixture recovered = EngineFixture.open(after, new InMemoryCheckpointStore(store.load()))) {
            assertThat(recovered.topic("t")).isEmpty();
            assertThat(after.files()).noneMatch(file -> file.toString().endsWith(".log"));
        }
    }

    @Test
    void fileThatCannotBeDeletedDoesNotSpoilTheCheckpointAndGoesWithTheNextStart() throws IOException {
        publish(10);
        fixture.engine().checkpoint();
        fixture.engine().journal().submit(new DeleteTopicCommand(topic.id())).join();
        disk.setHook((operation, path) -> {
            if (operation == Operation.DELETE) {
                throw new IOException("Permission denied");
            }
        });
        assertThat(fixture.engine().checkpoint()).isTrue();
        assertThat(store.load().topics()).isEmpty();
        assertThat(segments()).isNotEmpty();
        disk.setHook((operation, path) -> {});
        fixture.close();
        EngineFixture.open(disk, store).close();
        assertThat(segments()).isEmpty();
    }

    @Test
    void wishForACheckpointLastsUntilOneIsTaken() throws IOException {
        assertThat(checkpointer().isWanted()).isFalse();
        checkpointer().want();
        assertThat(checkpointer().isWanted()).isTrue();
        fixture.engine().checkpoint();
        assertThat(checkpointer().isWanted()).isFalse();
    }

    @Test
    void checkpointOfAClosedJournalFailsInsteadOfWaitingForEver() throws IOException {
        publish(1);
        fixture.engine().journal().close();
        assertThatIOException().isThrownBy(() -> fixture.engine().checkpoint());
        assertThat(store.saved).isEmpty();
    }

    /** What a restart replays is what came after the last checkpoint, however much is stored. */
    @Test
    void restartReplaysOnlyWhatCameAfterTheCheckpoint() throws IOException {
        publish(500);
        fixture.engine().checkpoint();
        publish(3);
        SimulatedDisk after = disk.afterPowerCut(Survival.EVERYTHING, new Random(1));
        try (EngineFixture recovered = EngineFixture.open(after, new InMemoryCheckpointStore(store.load()))) {
            assertThat(recovered.engine().recovery().commands()).isEqualTo(3);
            assertThat(recovered.engine().recovery().bytes()).isLessThan(3 * 300);
            assertThat(recovered.log(topic.partition(0)).end()).isEqualTo(503);
        }
    }
}
