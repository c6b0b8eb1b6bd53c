package io.mq.core.state;

import static io.mq.core.state.StateFixture.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mq.batch.Record;
import io.mq.batch.RecordBatch;
import io.mq.batch.Records;
import io.mq.core.command.AppendCommand;
import io.mq.core.command.AppendCommand.Appended;
import io.mq.core.command.CreateTopicCommand;
import io.mq.core.command.DeleteTopicCommand;
import io.mq.core.command.ExpireProducersCommand;
import io.mq.core.command.OpenProducerCommand;
import io.mq.core.command.OpenProducerCommand.Opened;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.message.TopicConfig;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What producers that count their batches are promised. */
class ProducerTest {

    private static final long ID = -42;
    private static final Instant LATER = NOW.plus(Duration.ofHours(1));

    private StateFixture fixture;
    private Topic topic;
    private PartitionId partition;

    @BeforeEach
    void createTopic() throws IOException {
        fixture = StateFixture.create();
        topic = fixture.applyAndFlush(new CreateTopicCommand("t", 2, TopicConfig.DEFAULTS, 4096, NOW))
                .topic();
        partition = topic.partition(0);
    }

    private Opened open(long producerId) {
        return fixture.apply(new OpenProducerCommand(producerId, topic.id(), NOW));
    }

    private static AppendCommand batch(PartitionId partition, int epoch, int sequence, int count) {
        return batch(partition, epoch, sequence, count, NOW);
    }

    private static AppendCommand batch(PartitionId partition, int epoch, int sequence, int count, Instant time) {
        List<Record> records = Collections.nCopies(count, Records.record("x"));
        RecordBatch batch = RecordBatch.of(records);
        batch.stampProducer(ID, epoch, sequence);
        batch.stampAppendTime(time.toEpochMilli());
        return new AppendCommand(partition, batch);
    }

    private Appended append(int sequence, int count) {
        return fixture.applyAndFlush(batch(partition, 1, sequence, count));
    }

    private void assertRefused(AppendCommand command, Reason reason, String... words) {
        long end =
                fixture.state().logs().find(command.partition()).orElseThrow().end();
        BrokerException refusal = catchThrowableOfType(BrokerException.class, () -> fixture.applyAndFlush(command));
        assertThat(refusal.reason()).isEqualTo(reason);
        for (String word : words) {
            assertThat(refusal).hasMessageContaining(word);
        }
        assertThat(fixture.state()
                        .logs()
                        .find(command.partition())
                        .orElseThrow()
                        .end())
                .isEqualTo(end);
    }

    @Test
    void batchThatIsSentAgainIsStoredOnce() {
        open(ID);
        assertThat(append(0, 3)).isEqualTo(new Appended(0, false));
        assertThat(append(3, 2)).isEqualTo(new Appended(3, false));
        assertThat(append(0, 3)).isEqualTo(new Appended(0, true));
        assertThat(append(3, 2)).isEqualTo(new Appended(3, true));
        assertThat(append(5, 1)).isEqualTo(new Appended(5, false));
    }

    @Test
    void sequencesOfPartitionsAreApart() {
        open(ID);
        append(0, 3);
        assertThat(fixture.apply(batch(topic.partition(1), 1, 0, 1))).isEqualTo(new Appended(0, false));
    }

    @Test
    void gapIsRefusedWithWhatComesNext() {
        open(ID);
        assertRefused(batch(partition, 1, 1, 1), Reason.SEQUENCE_GAP, "found 1", "from 0");
        append(0, 3);
        assertRefused(batch(partition, 1, 4, 1), Reason.SEQUENCE_GAP, "found 4", "from 3");
        assertRefused(batch(partition, 1, 2, 2), Reason.SEQUENCE_GAP, "found 2", "from 3");
    }

    @Test
    void duplicateOfLongAgoIsRefusedAsOneWhosePlaceIsForgotten() {
        open(ID);
        for (int i = 0; i <= ProducerSequences.RECENT_MAX; i++) {
            append(i, 1);
        }
        assertRefused(batch(partition, 1, 0, 1), Reason.SEQUENCE_FORGOTTEN, "16", "17");
        assertThat(append(1, 1)).isEqualTo(new Appended(1, true));
    }

    @Test
    void sequencesStartOverAfterTheLastNumber() {
        open(ID);
        append(0, 3);
        fixture.state()
                .producers()
                .putAll(new ProducerImage(
                        List.of(),
                        Map.of(
                                new ProducerSequences.Key(ID, partition),
                                new ProducerSequences(-2, List.of(new ProducerSequences.StoredBatch(-3, 1, 2))))));
        assertThat(append(-2, 4)).isEqualTo(new Appended(3, false));
        assertThat(append(2, 1)).isEqualTo(new Appended(7, false));
        assertThat(append(-2, 4)).isEqualTo(new Appended(3, true));
        assertThat(append(-3, 1)).isEqualTo(new Appended(2, true));
    }

    @Test
    void newerLifeFencesTheOlderAndGoesOnWithItsSequences() {
        assertThat(open(ID)).isEqualTo(new Opened(1, Map.of()));
        append(0, 3);
        assertThat(open(ID)).isEqualTo(new Opened(2, Map.of(0, 3)));
        assertRefused(batch(partition, 1, 3, 1), Reason.PRODUCER_FENCED, "epoch is 2", "not 1");
        assertRefused(batch(partition, 3, 3, 1), Reason.PRODUCER_FENCED, "epoch is 2", "not 3");
        assertThat(fixture.apply(batch(partition, 2, 0, 3))).isEqualTo(new Appended(0, true));
        assertThat(fixture.apply(batch(partition, 2, 3, 1))).isEqualTo(new Appended(3, false));
    }

    @Test
    void unknownProducerIsRefused() {
        assertRefused(batch(partition, 1, 0, 1), Reason.PRODUCER_NOT_FOUND, "18446744073709551574");
        open(7);
        assertRefused(batch(partition, 1, 0, 1), Reason.PRODUCER_NOT_FOUND, "18446744073709551574");
    }

    @Test
    void idleProducerIsForgottenAndAnActiveOneStays() {
        open(ID);
        open(7);
        fixture.apply(batch(partition, 1, 0, 1, LATER));
        assertThat(fixture.apply(new ExpireProducersCommand(List.of(7L, ID, 99L), LATER)))
                .isEqualTo(1);
        assertThat(fixture.state().producers().image().producers())
                .containsExactly(new ProducerState(ID, 1, LATER.toEpochMilli()));
        assertThat(fixture.apply(new ExpireProducersCommand(List.of(ID), LATER.plusMillis(1))))
                .isEqualTo(1);
        assertThat(fixture.state().producers().image()).isEqualTo(ProducerImage.EMPTY);
    }

    @Test
    void retryKeepsAProducerFromBeingForgotten() {
        open(ID);
        append(0, 1);
        fixture.apply(batch(partition, 1, 0, 1, LATER));
        assertThat(fixture.state().producers().idleSince(LATER)).isEmpty();
        assertThat(fixture.state().producers().idleSince(LATER.plusMillis(1))).containsExactly(ID);
    }

    @Test
    void deletedTopicTakesTheSequencesWithIt() {
        open(ID);
        append(0, 1);
        fixture.apply(new DeleteTopicCommand(topic.id()));
        assertThat(fixture.state().producers().sequencesSize()).isZero();
        assertThat(fixture.state().producers().size()).isEqualTo(1);
    }

    @Test
    void refusedBatchChangesNothing() {
        open(ID);
        append(0, 1);
        var unused = fixture.state().takeDelta(fixture.position());
        assertRefused(batch(partition, 1, 9, 1), Reason.SEQUENCE_GAP);
        assertRefused(batch(partition, 9, 1, 1), Reason.PRODUCER_FENCED);
        assertThat(fixture.state().takeDelta(fixture.position()).orElseThrow().isEmpty())
                .isTrue();
    }
}
