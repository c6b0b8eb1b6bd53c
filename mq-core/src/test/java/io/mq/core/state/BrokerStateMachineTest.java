package io.mq.core.state;

import static io.mq.core.state.StateFixture.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mq.batch.RecordBatch;
import io.mq.batch.Records;
import io.mq.core.command.AdvanceLogStartCommand;
import io.mq.core.command.AlterTopicCommand;
import io.mq.core.command.AppendCommand;
import io.mq.core.command.Command;
import io.mq.core.command.CommitOffsetCommand;
import io.mq.core.command.CommitOffsetCommand.Committed;
import io.mq.core.command.CreateTopicCommand;
import io.mq.core.command.CreateTopicCommand.Created;
import io.mq.core.command.DeleteGroupCommand;
import io.mq.core.command.DeleteTopicCommand;
import io.mq.core.command.SeekCommand;
import io.mq.core.command.SeekCommand.Sought;
import io.mq.core.command.SeekCommand.Target;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import io.mq.core.storage.SegmentLog;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BrokerStateMachineTest {

    private static final TopicConfig WEEK = new TopicConfig(
            Optional.of(Duration.ofDays(7)), OptionalLong.empty(), OptionalInt.empty(), Optional.empty());

    private StateFixture fixture;
    private BrokerStateMachine state;

    @BeforeEach
    void createState() throws IOException {
        fixture = StateFixture.create();
        state = fixture.state();
    }

    private Created create(String name, int partitions, TopicConfig config) {
        return fixture.applyAndFlush(new CreateTopicCommand(name, partitions, config, 4096, NOW));
    }

    private Topic create(String name) {
        return create(name, 2, TopicConfig.DEFAULTS).topic();
    }

    private static AppendCommand append(PartitionId partition, String payload) {
        RecordBatch batch = RecordBatch.of(List.of(Records.record(payload)));
        batch.stampAppendTime(NOW.toEpochMilli());
        return new AppendCommand(partition, batch);
    }

    private static CommitOffsetCommand commit(PartitionId partition, long offset) {
        return new CommitOffsetCommand("g", partition, offset, "at " + offset, NOW);
    }

    private BrokerException refusal(Command<?> command) {
        return catchThrowableOfType(BrokerException.class, () -> fixture.apply(command));
    }

    private void assertNothingChanged() {
        assertThat(state.takeDelta(fixture.position()).orElseThrow().isEmpty())
                .as("whether nothing changed since the last checkpoint")
                .isTrue();
    }

    @Test
    void topicsGetAscendingIds() {
        assertThat(create("a").id()).isEqualTo(1);
        assertThat(create("b").id()).isEqualTo(2);
        assertThat(state.catalog().topics()).extracting(Topic::name).containsExactly("a", "b");
        assertThat(state.catalog().partitions()).isEqualTo(4);
    }

    @Test
    void sameTopicIsCreatedOnceOnly() {
        Created first = create("a", 2, WEEK);
        Created again = create("a", 2, WEEK);
        assertThat(first.isNew()).isTrue();
        assertThat(again.isNew()).isFalse();
        assertThat(again.topic()).isEqualTo(first.topic());
    }

    @Test
    void topicWithOtherSettingsIsRefused() {
        create("a", 2, WEEK);
        state.takeDelta(fixture.position());
        BrokerException otherPartitions = refusal(new CreateTopicCommand("a", 3, WEEK, 4096, NOW));
        assertThat(otherPartitions.reason()).isEqualTo(Reason.TOPIC_EXISTS);
        assertThat(otherPartitions).hasMessageContaining("topic 'a' exists with 2 partitions");
        assertThat(refusal(new CreateTopicCommand("a", 2, TopicConfig.DEFAULTS, 4096, NOW))
                        .reason())
                .isEqualTo(Reason.TOPIC_EXISTS);
        assertNothingChanged();
    }

    @Test
    void alteredTopicGetsMorePartitionsAndKeepsWhatIsNotSaid() {
        Topic topic = create("a", 2, WEEK).topic();
        TopicConfig change =
                new TopicConfig(Optional.empty(), OptionalLong.of(1000), OptionalInt.empty(), Optional.empty());
        Topic altered = fixture.applyAndFlush(new AlterTopicCommand(topic.id(), 4, change));
        assertThat(altered.partitions()).isEqualTo(4);
        assertThat(altered.config()).isEqualTo(WEEK.with(change));
        fixture.applyAndFlush(append(altered.partition(3), "x"));
        assertThat(state.catalog().find("a")).contains(altered);
        Topic unchanged = fixture.applyAndFlush(new AlterTopicCommand(topic.id(), 0, TopicConfig.DEFAULTS));
        assertThat(unchanged).isEqualTo(altered);
    }

    @Test
    void partitionsAreNeverReduced() {
        Topic topic = create("a");
        state.takeDelta(fixture.position());
        BrokerException refusal = refusal(new AlterTopicCommand(topic.id(), 1, TopicConfig.DEFAULTS));
        assertThat(refusal.reason()).isEqualTo(Reason.INVALID_FIELD);
        assertThat(refusal.metadata()).containsEntry("field", "partitions");
        assertNothingChanged();
    }

    @Test
    void recreatedTopicIsAnotherAndIdsAreNeverUsedAgain() throws IOException {
        Topic first = create("a");
        fixture.applyAndFlush(append(first.partition(0), "old"));
        fixture.applyAndFlush(commit(first.partition(0), 1));
        assertThat(fixture.applyAndFlush(new DeleteTopicCommand(first.id()))).isEqualTo(first);
        Topic second = create("a");
        assertThat(second.id()).isGreaterThan(first.id());
        assertThat(state.logs().find(second.partition(0)).map(SegmentLog::end)).contains(0L);
        assertThat(state.offsets().contains("g")).isFalse();
        StateDelta delta = state.takeDelta(fixture.position()).orElseThrow();
        StateFixture restored = StateFixture.restore(
                new SimulatedDisk(),
                new StateImage(
                        fixture.position(), delta.nextTopicId(), List.of(), Map.of(), List.of(), ProducerImage.EMPTY));
        assertThat(restored.applyAndFlush(new CreateTopicCommand("b", 1, WEEK, 4096, NOW))
                        .topic()
                        .id())
                .isGreaterThan(second.id());
    }

    @Test
    void commandsForATopicThatIsGoneAreRefused() {
        Topic topic = create("a");
        fixture.applyAndFlush(new DeleteTopicCommand(topic.id()));
        state.takeDelta(fixture.position());
        List<Command<?>> late = List.of(
                append(topic.partition(0), "x"),
                commit(topic.partition(0), 0),
                new AlterTopicCommand(topic.id(), 5, TopicConfig.DEFAULTS),
                new DeleteTopicCommand(topic.id()),
                new AdvanceLogStartCommand(topic.partition(0), 0));
        assertThat(late)
                .allSatisfy(command -> assertThat(refusal(command).reason()).isEqualTo(Reason.TOPIC_NOT_FOUND));
        assertNothingChanged();
    }

    @Test
    void appendAnswersTheOffsetAndBecomesVisibleWithTheFlush() {
        Topic topic = create("a");
        assertThat(fixture.apply(append(topic.partition(0), "x")).baseOffset()).isZero();
        assertThat(fixture.apply(append(topic.partition(0), "y")).baseOffset()).isEqualTo(1);
        SegmentLog log = state.logs().find(topic.partition(0)).orElseThrow();
        assertThat(log.end()).isZero();
        state.flush();
        assertThat(log.end()).isEqualTo(2);
    }

    @Test
    void committedOffsetNeverGoesBack() {
        Topic topic = create("a");
        for (int i = 0; i < 5; i++) {
            fixture.applyAndFlush(append(topic.partition(0), "x"));
        }
        assertThat(fixture.apply(commit(topic.partition(0), 3))).isEqualTo(new Committed(3));
        assertThat(fixture.apply(commit(topic.partition(0), 2))).isEqualTo(new Committed(3));
        assertThat(fixture.apply(commit(topic.partition(0), 3))).isEqualTo(new Committed(3));
        assertThat(state.offsets().find("g", topic.partition(0)))
                .hasValueSatisfying(offset -> assertThat(offset.metadata()).isEqualTo("at 3"));
        assertThat(fixture.apply(commit(topic.partition(0), 5))).isEqualTo(new Committed(5));
    }

    @Test
    void offsetBeyondTheEndOrNegativeIsRefusedWithBothEnds() {
        Topic topic = create("a");
        fixture.applyAndFlush(append(topic.partition(0), "x"));
        state.takeDelta(fixture.position());
        BrokerException refusal = refusal(commit(topic.partition(0), 2));
        assertThat(refusal.reason()).isEqualTo(Reason.OFFSET_OUT_OF_RANGE);
        assertThat(refusal.metadata()).containsEntry("start", "0").containsEntry("end", "1");
        assertThat(refusal(commit(topic.partition(0), -1)).reason()).isEqualTo(Reason.OFFSET_OUT_OF_RANGE);
        assertNothingChanged();
    }

    @Test
    void deletedGroupIsForgottenAndMayCommitAnew() {
        Topic topic = create("a");
        fixture.applyAndFlush(append(topic.partition(0), "x"));
        fixture.apply(commit(topic.partition(0), 1));
        assertThat(fixture.apply(new DeleteGroupCommand("g"))).isTrue();
        assertThat(fixture.apply(new DeleteGroupCommand("g"))).isFalse();
        assertThat(state.offsets().groups()).isEmpty();
        assertThat(fixture.apply(commit(topic.partition(0), 0))).isEqualTo(new Committed(0));
        assertThat(state.offsets().of("g")).hasSize(1);
    }

    @Test
    void startAdvancesWithinTheLog() {
        Topic topic = create("a");
        for (int i = 0; i < 5; i++) {
            fixture.applyAndFlush(append(topic.partition(0), "x"));
        }
        assertThat(fixture.apply(new AdvanceLogStartCommand(topic.partition(0), 3))
                        .logStart())
                .isEqualTo(3);
        assertThat(fixture.apply(new AdvanceLogStartCommand(topic.partition(0), 1))
                        .logStart())
                .isEqualTo(3);
        assertThat(fixture.apply(new AdvanceLogStartCommand(topic.partition(0), 99))
                        .logStart())
                .isEqualTo(5);
    }

    @Test
    void fullDiskStallsUntilThereIsRoomAndKeepsCheckpointsAway() {
        Topic topic = create("a");
        fixture.disk().setCapacity(0);
        fixture.apply(append(topic.partition(0), "x"));
        assertThat(state.flush()).isFalse();
        assertThat(state.isStalled()).isTrue();
        assertThat(state.takeDelta(fixture.position())).isEmpty();
        fixture.disk().setCapacity(Long.MAX_VALUE);
        assertThat(state.flush()).isTrue();
        assertThat(state.isStalled()).isFalse();
        assertThat(state.takeDelta(fixture.position())).isPresent();
    }

    @Test
    void deletionOfAStalledTopicEndsTheStall() {
        Topic topic = create("a");
        fixture.disk().setCapacity(0);
        fixture.apply(append(topic.partition(0), "x"));
        state.flush();
        fixture.apply(new DeleteTopicCommand(topic.id()));
        assertThat(state.flush()).isTrue();
        assertThat(state.isStalled()).isFalse();
    }

    private static SeekCommand seek(Target... targets) {
        return new SeekCommand("g", NOW, List.of(targets));
    }

    @Test
    void seekMovesBackAndForthAndForgetsTheNote() {
        Topic topic = create("a");
        for (int i = 0; i < 5; i++) {
            fixture.apply(append(topic.partition(0), "m" + i));
        }
        fixture.apply(commit(topic.partition(0), 4));
        assertThat(fixture.apply(seek(new Target(topic.partition(0), 1), new Target(topic.partition(1), 0))))
                .containsExactly(new Sought(0, OptionalLong.of(4), 1), new Sought(1, OptionalLong.empty(), 0));
        assertThat(fixture.apply(seek(new Target(topic.partition(0), 5))))
                .containsExactly(new Sought(0, OptionalLong.of(1), 5));
        assertThat(state.offsets().find("g", topic.partition(0)).orElseThrow().metadata())
                .isEmpty();
        assertThat(fixture.apply(commit(topic.partition(0), 2)).offset()).isEqualTo(5);
    }

    @Test
    void seekOutOfRangeInOnePartitionChangesNoneOfThem() {
        Topic topic = create("a");
        fixture.apply(append(topic.partition(0), "m"));
        state.flush();
        state.takeDelta(fixture.position());
        BrokerException refusal = refusal(seek(new Target(topic.partition(0), 1), new Target(topic.partition(1), 1)));
        assertThat(refusal.reason()).isEqualTo(Reason.OFFSET_OUT_OF_RANGE);
        assertThat(refusal(seek(new Target(topic.partition(0), 0), new Target(new PartitionId(99, 0), 0)))
                        .reason())
                .isEqualTo(Reason.TOPIC_NOT_FOUND);
        assertThat(state.offsets().contains("g")).isFalse();
        assertNothingChanged();
    }

    @Test
    void listenerIsToldWhatBecameVisibleAndWhen() {
        List<String> told = new ArrayList<>();
        state.setListener(new StateListener() {
            @Override
            public void advanced(PartitionId partition, long end) {
                told.add("advanced %d to %d".formatted(partition.partition(), end));
            }

            @Override
            public void topicChanged(Topic topic) {
                told.add("changed " + topic.name() + topic.partitions());
            }

            @Override
            public void topicDeleted(Topic topic) {
                told.add("deleted " + topic.name());
            }

            @Override
            public void groupMoved(String group, PartitionId partition, long offset) {
                told.add("moved " + group + partition.partition() + " to " + offset);
            }

            @Override
            public void startAdvanced(SegmentLog log) {
                told.add("start " + log.start());
            }
        });
        Topic topic = create("a");
        create("a");
        fixture.apply(append(topic.partition(1), "x"));
        fixture.apply(append(topic.partition(1), "y"));
        assertThat(told).containsExactly("changed a2");
        state.flush();
        fixture.applyAndFlush(new AlterTopicCommand(topic.id(), 3, TopicConfig.DEFAULTS));
        fixture.applyAndFlush(new AdvanceLogStartCommand(topic.partition(1), 1));
        fixture.apply(new SeekCommand("g", NOW, List.of(new Target(topic.partition(1), 1))));
        fixture.applyAndFlush(new DeleteTopicCommand(topic.id()));
        assertThat(told)
                .containsExactly(
                        "changed a2", "advanced 1 to 2", "changed a3", "start 1", "moved g1 to 1", "deleted a");
    }
}
