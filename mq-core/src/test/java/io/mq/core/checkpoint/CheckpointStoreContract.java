package io.mq.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.batch.Seeds;
import io.mq.core.command.LogPosition;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import io.mq.core.state.GroupOffset;
import io.mq.core.state.ProducerImage;
import io.mq.core.state.ProducerSequences;
import io.mq.core.state.ProducerSequences.Key;
import io.mq.core.state.ProducerSequences.StoredBatch;
import io.mq.core.state.ProducerState;
import io.mq.core.state.StateDelta;
import io.mq.core.state.StateImage;
import io.mq.core.storage.LogState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link CheckpointStore} promises; every implementation passes this. */
public abstract class CheckpointStoreContract {

    private static final Instant TIME = Instant.ofEpochMilli(1_767_225_600_123L);
    private static final TopicConfig FULL_CONFIG = new TopicConfig(
            Optional.of(Duration.ofMillis(1)), OptionalLong.of(1), OptionalInt.of(1), Optional.of(true));
    private static final TopicConfig LARGEST_CONFIG = new TopicConfig(
            Optional.of(TopicConfig.FOREVER),
            OptionalLong.of(TopicConfig.UNLIMITED),
            OptionalInt.of(Integer.MAX_VALUE),
            Optional.of(false));

    @TempDir
    protected Path temporary;

    private CheckpointStore store;

    /** Opens the store in a directory, which does not exist at first; opening it again finds what was saved. */
    protected abstract CheckpointStore open(Path directory) throws IOException;

    @BeforeEach
    void openStore() throws IOException {
        store = open(temporary.resolve("checkpoint"));
    }

    @AfterEach
    void closeStore() throws IOException {
        store.close();
    }

    private void reopen() throws IOException {
        store.close();
        store = open(temporary.resolve("checkpoint"));
    }

    /** Saves, and compares what the store has, before and after it was opened again. */
    private void assertSaved(StateDelta delta, StateImage expected) throws IOException {
        store.save(delta);
        assertThat(sorted(store.load())).isEqualTo(sorted(expected));
        reopen();
        assertThat(sorted(store.load())).isEqualTo(sorted(expected));
    }

    /** Lists of an image are in no order. */
    private static StateImage sorted(StateImage image) {
        return new StateImage(
                image.applied(),
                image.nextTopicId(),
                image.topics().stream().sorted(Comparator.comparing(Topic::id)).toList(),
                image.logs(),
                image.offsets().stream()
                        .sorted(Comparator.comparing(GroupOffset::group).thenComparing(GroupOffset::partition))
                        .toList(),
                new ProducerImage(
                        image.producers().producers().stream()
                                .sorted(Comparator.comparing(ProducerState::id))
                                .toList(),
                        image.producers().sequences()));
    }

    private static StateImage image(
            long appliedIndex,
            int nextTopicId,
            List<Topic> topics,
            Map<PartitionId, LogState> logs,
            List<GroupOffset> offsets) {
        return new StateImage(LogPosition.of(appliedIndex), nextTopicId, topics, logs, offsets, ProducerImage.EMPTY);
    }

    private static Topic topic(int id, String name) {
        return new Topic(id, name, 2, TopicConfig.DEFAULTS, 4096, TIME);
    }

    private static GroupOffset offset(String group, PartitionId partition, long offset) {
        return new GroupOffset(group, partition, offset, "note", TIME);
    }

    @Test
    void termAndIndexOfTheLastCommandAreKept() throws IOException {
        LogPosition applied = new LogPosition(1L << 40, 1L << 50);
        store.save(Deltas.at(applied, 1).delta());
        assertThat(store.load().applied()).isEqualTo(applied);
    }

    @Test
    void newStoreIsEmpty() throws IOException {
        assertThat(store.load()).isEqualTo(StateImage.EMPTY);
        reopen();
        assertThat(store.load()).isEqualTo(StateImage.EMPTY);
    }

    @Test
    void replacedStateIsAllThatIsThere() throws IOException {
        Topic before = topic(1, "before");
        store.save(Deltas.at(10, 2)
                .with(before)
                .with(before.partition(0), new LogState(3, 9, 5, 1000, 7))
                .with(offset("billing", before.partition(1), 7))
                .with(new ProducerState(5, 1, 9))
                .with(new Key(5, before.partition(0)), new ProducerSequences(3, List.of()))
                .delta());
        Topic after = topic(4, "after");
        StateImage image = new StateImage(
                new LogPosition(3, 20),
                5,
                List.of(after),
                Map.of(after.partition(0), new LogState(1, 2, 0, 100, 9)),
                List.of(offset("shipping", after.partition(0), 1)),
                new ProducerImage(
                        List.of(new ProducerState(6, 2, 10)),
                        Map.of(
                                new Key(6, after.partition(1)),
                                new ProducerSequences(4, List.of(new StoredBatch(1, 3, 8))))));
        store.replace(image);
        assertThat(store.load()).isEqualTo(image);
        reopen();
        assertThat(store.load()).isEqualTo(image);
        store.replace(StateImage.EMPTY);
        assertThat(store.load()).isEqualTo(StateImage.EMPTY);
    }

    @Test
    void everythingSavedIsThereAfterReopening() throws IOException {
        Topic topic = topic(1, "orders");
        LogState log = new LogState(3, 9, 5, 1000, TIME.toEpochMilli());
        GroupOffset offset = offset("billing", topic.partition(1), 7);
        assertSaved(
                Deltas.at(42, 2)
                        .with(topic)
                        .with(topic.partition(1), log)
                        .with(offset)
                        .delta(),
                image(42, 2, List.of(topic), Map.of(topic.partition(1), log), List.of(offset)));
    }

    @Test
    void laterDeltaChangesOnlyWhatItNames() throws IOException {
        Topic a = topic(1, "a");
        Topic b = topic(2, "b");
        LogState first = new LogState(0, 1, 0, 100, 1);
        LogState second = new LogState(0, 2, 0, 200, 2);
        store.save(Deltas.at(1, 3)
                .with(a)
                .with(b)
                .with(a.partition(0), first)
                .with(b.partition(0), first)
                .with(offset("g", a.partition(0), 1))
                .with(offset("g", b.partition(0), 1))
                .delta());
        Topic altered = a.with(5, FULL_CONFIG);
        assertSaved(
                Deltas.at(2, 3)
                        .with(altered)
                        .with(b.partition(0), second)
                        .with(offset("g", a.partition(0), 9))
                        .delta(),
                image(
                        2,
                        3,
                        List.of(altered, b),
                        Map.of(a.partition(0), first, b.partition(0), second),
                        List.of(offset("g", a.partition(0), 9), offset("g", b.partition(0), 1))));
    }

    @Test
    void emptyDeltaMovesTheIndex() throws IOException {
        Topic a = topic(1, "a");
        store.save(Deltas.at(1, 2).with(a).delta());
        assertSaved(Deltas.at(1L << 40, 3).delta(), image(1L << 40, 3, List.of(a), Map.of(), List.of()));
    }

    @Test
    void removedTopicTakesItsLogsAndOffsetsWithIt() throws IOException {
        Topic a = topic(1, "a");
        Topic b = topic(2, "b");
        LogState log = new LogState(0, 1, 0, 100, 1);
        store.save(Deltas.at(1, 3)
                .with(a)
                .with(b)
                .with(a.partition(0), log)
                .with(a.partition(1), log)
                .with(b.partition(0), log)
                .with(offset("g", a.partition(0), 1))
                .with(offset("h", a.partition(1), 1))
                .with(offset("g", b.partition(0), 1))
                .delta());
        assertSaved(
                Deltas.at(2, 3).without(a).delta(),
                image(2, 3, List.of(b), Map.of(b.partition(0), log), List.of(offset("g", b.partition(0), 1))));
    }

    @Test
    void topicMadeAnewUnderTheSameNameTakesThePlaceOfTheRemovedOne() throws IOException {
        Topic old = topic(1, "a");
        LogState log = new LogState(0, 1, 0, 100, 1);
        store.save(Deltas.at(1, 2)
                .with(old)
                .with(old.partition(0), log)
                .with(offset("g", old.partition(0), 1))
                .delta());
        Topic anew = topic(2, "a");
        assertSaved(
                Deltas.at(2, 3)
                        .without(old)
                        .with(anew)
                        .with(anew.partition(0), LogState.NEW)
                        .delta(),
                image(2, 3, List.of(anew), Map.of(anew.partition(0), LogState.NEW), List.of()));
    }

    @Test
    void removedGroupIsGoneInAllTopicsAndItsLaterCommitsStay() throws IOException {
        Topic a = topic(1, "a");
        store.save(Deltas.at(1, 2)
                .with(a)
                .with(offset("g", a.partition(0), 5))
                .with(offset("g", a.partition(1), 5))
                .with(offset("h", a.partition(0), 5))
                .delta());
        assertSaved(
                Deltas.at(2, 2)
                        .withoutGroup("g")
                        .with(offset("g", a.partition(1), 1))
                        .delta(),
                image(
                        2,
                        2,
                        List.of(a),
                        Map.of(),
                        List.of(offset("g", a.partition(1), 1), offset("h", a.partition(0), 5))));
    }

    @Test
    void removalOfWhatIsNotThereIsNoError() throws IOException {
        assertSaved(
                Deltas.at(1, 5)
                        .without(topic(4, "never saved"))
                        .withoutGroup("never seen")
                        .delta(),
                image(1, 5, List.of(), Map.of(), List.of()));
    }

    @Test
    void savingTheSameAgainIsNoError() throws IOException {
        Topic a = topic(1, "a");
        StateDelta delta = Deltas.at(7, 2)
                .with(a)
                .with(a.partition(0), LogState.NEW)
                .with(offset("g", a.partition(0), 1))
                .delta();
        store.save(delta);
        assertSaved(
                delta,
                image(7, 2, List.of(a), Map.of(a.partition(0), LogState.NEW), List.of(offset("g", a.partition(0), 1))));
    }

    @Test
    void extremeValuesAreKept() throws IOException {
        Topic longest = new Topic(
                Integer.MAX_VALUE, "x".repeat(249), 100_000, LARGEST_CONFIG, Integer.MAX_VALUE, Instant.EPOCH);
        Topic shortest = new Topic(1, "-", 1, FULL_CONFIG, 1, Instant.ofEpochMilli(Long.MAX_VALUE / 1_000_000));
        LogState log =
                new LogState(Long.MAX_VALUE - 1, Long.MAX_VALUE, Long.MAX_VALUE - 2, Integer.MAX_VALUE, Long.MAX_VALUE);
        GroupOffset offset = new GroupOffset(
                "g".repeat(249), new PartitionId(Integer.MAX_VALUE, 99_999), Long.MAX_VALUE, "", Instant.EPOCH);
        assertSaved(
                Deltas.at(Long.MAX_VALUE, Integer.MAX_VALUE)
                        .with(longest)
                        .with(shortest)
                        .with(longest.partition(99_999), log)
                        .with(offset)
                        .delta(),
                image(
                        Long.MAX_VALUE,
                        Integer.MAX_VALUE,
                        List.of(longest, shortest),
                        Map.of(longest.partition(99_999), log),
                        List.of(offset)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "trailing ", "'; DROP TABLE offsets; --", "日本 😀", "\0", "line\nbreak", "\\", "%_"})
    void metadataOfAnyTextIsKept(String metadata) throws IOException {
        Topic a = topic(1, "a");
        GroupOffset offset = new GroupOffset("g", a.partition(0), 1, metadata, TIME);
        assertSaved(Deltas.at(1, 2).with(a).with(offset).delta(), image(1, 2, List.of(a), Map.of(), List.of(offset)));
    }

    /** The configuration allows so much. */
    @Test
    void longestMetadataIsKept() throws IOException {
        Topic a = topic(1, "a");
        GroupOffset offset = new GroupOffset("g", a.partition(0), 1, "€".repeat(1_000_000), TIME);
        assertSaved(Deltas.at(1, 2).with(a).with(offset).delta(), image(1, 2, List.of(a), Map.of(), List.of(offset)));
    }

    @Test
    void namesThatDifferInCaseOnlyAreDifferent() throws IOException {
        Topic upper = topic(1, "Orders");
        Topic lower = topic(2, "orders");
        assertSaved(
                Deltas.at(1, 3)
                        .with(upper)
                        .with(lower)
                        .with(offset("G", lower.partition(0), 1))
                        .with(offset("g", lower.partition(0), 2))
                        .delta(),
                image(
                        1,
                        3,
                        List.of(upper, lower),
                        Map.of(),
                        List.of(offset("G", lower.partition(0), 1), offset("g", lower.partition(0), 2))));
    }

    @Test
    void largeDeltaIsSavedAsAWhole() throws IOException {
        Deltas deltas = Deltas.at(1, 2);
        Topic wide = new Topic(1, "wide", 2000, TopicConfig.DEFAULTS, 4096, TIME);
        deltas.with(wide);
        for (int i = 0; i < 2000; i++) {
            deltas.with(wide.partition(i), new LogState(0, i, 0, i, i)).with(offset("g", wide.partition(i), i));
        }
        store.save(deltas.delta());
        reopen();
        assertThat(store.load().logs()).hasSize(2000);
        assertThat(store.load().offsets()).hasSize(2000);
        assertSaved(Deltas.at(2, 2).without(wide).delta(), image(2, 2, List.of(), Map.of(), List.of()));
    }

    @Test
    void producersAreKeptUntilTheyAreRemovedAndTheirSequencesUntilTheTopicIs() throws IOException {
        Topic a = topic(1, "a");
        Topic b = topic(2, "b");
        ProducerState old = new ProducerState(Long.MIN_VALUE, 1, 1);
        ProducerState stays = new ProducerState(-1, Integer.MAX_VALUE, Long.MAX_VALUE);
        ProducerSequences full = new ProducerSequences(
                -5,
                IntStream.range(0, ProducerSequences.RECENT_MAX)
                        .mapToObj(i -> new StoredBatch(i - 8, Integer.MAX_VALUE - i, Long.MAX_VALUE - i))
                        .toList());
        ProducerSequences none = new ProducerSequences(7, List.of());
        store.save(Deltas.at(1, 3)
                .with(a)
                .with(b)
                .with(old)
                .with(stays)
                .with(new Key(old.id(), b.partition(0)), full)
                .with(new Key(stays.id(), a.partition(1)), full)
                .with(new Key(stays.id(), b.partition(0)), none)
                .with(new Key(stays.id(), b.partition(1)), full)
                .delta());
        ProducerState later = new ProducerState(stays.id(), 2, 3);
        assertSaved(
                Deltas.at(2, 3)
                        .without(a)
                        .without(old)
                        .with(later)
                        .with(new Key(stays.id(), b.partition(0)), full)
                        .delta(),
                new StateImage(
                        LogPosition.of(2),
                        3,
                        List.of(b),
                        Map.of(),
                        List.of(),
                        new ProducerImage(
                                List.of(later),
                                Map.of(
                                        new Key(stays.id(), b.partition(0)), full,
                                        new Key(stays.id(), b.partition(1)), full))));
    }

    /** Two deltas saved one after the other are the same as both saved as one. */
    @Test
    void mergedDeltasLeaveTheSameAsTheirParts() throws IOException {
        int[] directories = new int[1];
        Seeds.forEach(10, random -> {
            Path directory = temporary.resolve("merge" + directories[0]++);
            try (CheckpointStore parts = open(directory.resolve("parts"));
                    CheckpointStore merged = open(directory.resolve("merged"))) {
                StateDelta waiting = null;
                for (int i = 1; i <= 20; i++) {
                    StateDelta delta = Deltas.any(i, random);
                    parts.save(delta);
                    waiting = waiting == null ? delta : waiting.followedBy(delta);
                    if (random.nextInt(4) == 0) {
                        merged.save(waiting);
                        waiting = null;
                        assertThat(sorted(merged.load())).isEqualTo(sorted(parts.load()));
                    }
                }
            }
        });
    }

    @Test
    void storeMayBeClosedTwice() throws IOException {
        store.save(Deltas.at(1, 1).delta());
        store.close();
        store.close();
        reopen();
        assertThat(store.load().applied()).isEqualTo(LogPosition.of(1));
    }
}
