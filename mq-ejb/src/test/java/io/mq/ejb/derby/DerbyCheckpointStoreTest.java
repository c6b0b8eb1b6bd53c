package io.mq.ejb.derby;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mq.core.checkpoint.CheckpointStore;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import io.mq.core.state.GroupOffset;
import io.mq.core.state.StateDelta;
import io.mq.core.state.StateImage;
import io.mq.core.storage.LogState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Derby makes of a checkpoint: everything that is saved is there after the next start, or nothing of it. */
class DerbyCheckpointStoreTest {

    private static final Topic ORDERS = Changes.topic(1, "orders");
    private static final LogState LOG = new LogState(3, 9, 5, 1000, Changes.TIME.toEpochMilli());

    @TempDir
    private Path directory;

    private CheckpointStore store;

    @BeforeEach
    void open() throws IOException {
        store = DerbyCheckpointStore.open(directory);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private void reopen() throws IOException {
        store.close();
        store = DerbyCheckpointStore.open(directory);
    }

    private void assertHolds(
            long appliedIndex, List<Topic> topics, Map<PartitionId, LogState> logs, GroupOffset... offsets)
            throws IOException {
        StateImage image = store.load();
        assertThat(image.appliedIndex()).isEqualTo(appliedIndex);
        assertThat(image.topics()).containsExactlyInAnyOrderElementsOf(topics);
        assertThat(image.logs()).isEqualTo(logs);
        assertThat(image.offsets()).containsExactlyInAnyOrder(offsets);
    }

    @Test
    void newStoreIsEmpty() throws IOException {
        assertThat(store.load()).isEqualTo(StateImage.EMPTY);
    }

    @Test
    void everythingComesBackWithAllOptionalFieldsSet() throws IOException {
        Topic topic = new Topic(
                7,
                "t".repeat(249),
                1000,
                new TopicConfig(
                        Optional.of(Duration.ofMillis(1)), OptionalLong.of(TopicConfig.UNLIMITED), OptionalInt.of(5)),
                1 << 30,
                Changes.TIME);
        GroupOffset offset = Changes.offset("g".repeat(249), topic.partition(999), Long.MAX_VALUE, "größe 鍵 😀");
        store.save(Changes.through(Long.MAX_VALUE)
                .with(topic)
                .with(topic.partition(999), LOG)
                .with(offset)
                .next(8));

        reopen();

        assertThat(store.load())
                .isEqualTo(new StateImage(
                        Long.MAX_VALUE, 8, List.of(topic), Map.of(topic.partition(999), LOG), List.of(offset)));
    }

    @Test
    void retentionThatNeverEndsComesBackAsSuch() throws IOException {
        Topic topic = new Topic(
                1,
                "t",
                1,
                new TopicConfig(Optional.of(TopicConfig.FOREVER), OptionalLong.empty(), OptionalInt.empty()),
                4096,
                Changes.TIME);
        store.save(Changes.through(1).with(topic).next(2));

        reopen();

        assertThat(store.load().topics()).containsExactly(topic);
    }

    @Test
    void metadataComesBackUpToAMillionCharacters() throws IOException {
        PartitionId partition = ORDERS.partition(0);
        GroupOffset empty = Changes.offset("empty", partition, 1, "");
        GroupOffset usual = Changes.offset("usual", partition, 1, "😀".repeat(2048));
        GroupOffset longest = Changes.offset("longest", partition, 1, "鍵".repeat(1_000_000));
        store.save(Changes.through(1)
                .with(ORDERS)
                .with(empty)
                .with(usual)
                .with(longest)
                .next(2));

        reopen();

        assertHolds(1, List.of(ORDERS), Map.of(), empty, usual, longest);
    }

    @Test
    void savingAgainUpdatesWhatIsThereAndKeepsTheRest() throws IOException {
        Topic other = Changes.topic(2, "other");
        GroupOffset kept = Changes.offset("kept", ORDERS.partition(0), 1, "");
        store.save(Changes.through(1)
                .with(ORDERS)
                .with(other)
                .with(ORDERS.partition(0), LogState.NEW)
                .with(other.partition(0), LogState.NEW)
                .with(kept)
                .with(Changes.offset("moved", ORDERS.partition(0), 1, "one"))
                .next(3));
        Topic altered =
                ORDERS.with(9, new TopicConfig(Optional.of(Duration.ofDays(1)), OptionalLong.of(1), OptionalInt.of(1)));
        GroupOffset moved = Changes.offset("moved", ORDERS.partition(0), 2, "two");

        store.save(Changes.through(2)
                .with(altered)
                .with(ORDERS.partition(0), LOG)
                .with(moved)
                .next(3));
        reopen();

        assertHolds(
                2,
                List.of(altered, other),
                Map.of(ORDERS.partition(0), LOG, other.partition(0), LogState.NEW),
                kept,
                moved);
    }

    @Test
    void settingThatIsTakenBackIsGone() throws IOException {
        store.save(Changes.through(1)
                .with(ORDERS.with(
                        4, new TopicConfig(Optional.of(Duration.ofDays(1)), OptionalLong.of(1), OptionalInt.of(1))))
                .next(2));

        store.save(Changes.through(2).with(ORDERS).next(2));

        assertThat(store.load().topics()).containsExactly(ORDERS);
    }

    @Test
    void removedTopicTakesItsLogsAndOffsetsAlong() throws IOException {
        Topic other = Changes.topic(2, "other");
        GroupOffset elsewhere = Changes.offset("g", other.partition(0), 1, "");
        store.save(Changes.through(1)
                .with(ORDERS)
                .with(other)
                .with(ORDERS.partition(0), LOG)
                .with(ORDERS.partition(3), LOG)
                .with(other.partition(0), LOG)
                .with(Changes.offset("g", ORDERS.partition(0), 1, ""))
                .with(elsewhere)
                .next(3));

        store.save(Changes.through(2).without(ORDERS).next(3));

        assertHolds(2, List.of(other), Map.of(other.partition(0), LOG), elsewhere);
    }

    @Test
    void whatIsRemovedAndMadeAnewInOneSaveIsThereAnew() throws IOException {
        store.save(Changes.through(1)
                .with(ORDERS)
                .with(ORDERS.partition(0), LOG)
                .with(Changes.offset("g", ORDERS.partition(0), 8, "old"))
                .with(Changes.offset("g", ORDERS.partition(1), 8, "old"))
                .next(2));
        GroupOffset anew = Changes.offset("g", ORDERS.partition(0), 1, "new");

        store.save(Changes.through(2)
                .without(ORDERS)
                .withoutGroup("g")
                .with(ORDERS)
                .with(ORDERS.partition(0), LogState.NEW)
                .with(anew)
                .next(2));

        assertHolds(2, List.of(ORDERS), Map.of(ORDERS.partition(0), LogState.NEW), anew);
    }

    @Test
    void aThousandTopicsWithTwentyThousandLogsAreSavedTwiceAndRemoved() throws IOException {
        List<Topic> topics = new ArrayList<>();
        Map<PartitionId, LogState> logs = new HashMap<>();
        Changes all = Changes.through(1);
        Changes none = Changes.through(3);
        for (int id = 1; id <= 1000; id++) {
            Topic topic = new Topic(id, "topic-" + id, 20, TopicConfig.DEFAULTS, 4096, Changes.TIME);
            topics.add(topic);
            all.with(topic);
            none.without(topic);
            for (int partition = 0; partition < 20; partition++) {
                LogState log = new LogState(partition, id * 100L, 0, id, id);
                logs.put(topic.partition(partition), log);
                all.with(topic.partition(partition), log);
            }
        }
        store.save(all.next(1001));
        store.save(all.next(1001));
        reopen();
        assertHolds(1, topics, logs);

        store.save(none.next(1001));
        reopen();
        assertHolds(3, List.of(), Map.of());
        assertThat(store.load().nextTopicId()).isEqualTo(1001);
    }

    /** Offsets are written last, so everything else of the save has been sent to Derby by then. */
    @Test
    void saveThatFailsHalfwayLeavesWhatWasThere() throws IOException {
        GroupOffset before = Changes.offset("g", ORDERS.partition(0), 1, "before");
        store.save(Changes.through(1)
                .with(ORDERS)
                .with(ORDERS.partition(0), LogState.NEW)
                .with(before)
                .next(2));
        StateDelta bad = Changes.through(2)
                .without(ORDERS)
                .with(Changes.topic(2, "other"))
                .with(new PartitionId(2, 0), LOG)
                .with(Changes.offset("a name that the column has no room for".repeat(10), ORDERS.partition(0), 1, ""))
                .next(3);

        assertThatThrownBy(() -> store.save(bad))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("written");

        assertHolds(1, List.of(ORDERS), Map.of(ORDERS.partition(0), LogState.NEW), before);
        store.save(Changes.through(3).with(ORDERS.partition(0), LOG).next(2));
        reopen();
        assertHolds(3, List.of(ORDERS), Map.of(ORDERS.partition(0), LOG), before);
    }

    @Test
    void closedStoreMayBeClosedAgain() throws IOException {
        store.close();
        store.close();

        reopen();
        assertThat(store.load()).isEqualTo(StateImage.EMPTY);
    }

    @Test
    void derbyDoesNotWriteItsLogIntoTheWorkingDirectory() throws IOException {
        store.save(Changes.through(1).with(ORDERS).next(2));

        assertThat(Files.exists(Path.of("derby.log"))).isFalse();
    }
}
