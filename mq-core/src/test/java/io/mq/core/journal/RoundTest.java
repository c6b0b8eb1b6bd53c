package io.mq.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.batch.RecordBatch;
import io.mq.batch.Records;
import io.mq.core.command.AppendCommand;
import io.mq.core.command.Command;
import io.mq.core.command.CommandCodec;
import io.mq.core.command.DeleteGroupCommand;
import io.mq.core.message.PartitionId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Which commands share a round: appends that are placed are applied before they are durable, and only appends may be. */
class RoundTest {

    private final Round round = new Round(4_000, 1_000);

    private static <R> Entry<R> entry(Command<R> command) {
        return new Entry<>(command, CommandCodec.sizeOf(command), new CompletableFuture<>());
    }

    private static Entry<?> append(int payloadBytes) {
        return entry(new AppendCommand(
                new PartitionId(1, 0), RecordBatch.of(List.of(Records.record("x".repeat(payloadBytes))))));
    }

    private static Entry<?> other() {
        return entry(new DeleteGroupCommand("g"));
    }

    @Test
    void fewBytesAreNotPlaced() {
        assertThat(round.add(append(400))).isTrue();
        assertThat(round.isPlaced()).isFalse();
    }

    @Test
    void manyBytesOfAppendsArePlaced() {
        assertThat(round.add(append(400))).isTrue();
        assertThat(round.add(append(400))).isTrue();
        assertThat(round.isPlaced()).isTrue();
        assertThat(round.size()).isEqualTo(2);
    }

    @Test
    void otherCommandWaitsForTheNextRound() {
        round.add(append(1_000));
        assertThat(round.add(other())).isFalse();
        assertThat(round.isPlaced()).isTrue();
        assertThat(round.size()).isEqualTo(1);
    }

    @Test
    void otherCommandJoinsSmallAppendsAndKeepsThemFromBeingPlaced() {
        round.add(append(100));
        assertThat(round.add(other())).isTrue();
        for (int i = 0; i < 5; i++) {
            assertThat(round.add(append(400))).isTrue();
        }
        assertThat(round.isPlaced()).isFalse();
    }

    @Test
    void largeAppendWaitsForTheNextRoundWhereThereIsAnotherCommand() {
        round.add(other());
        assertThat(round.add(append(1_000))).isFalse();
        assertThat(round.isPlaced()).isFalse();
    }

    @Test
    void roundTakesNoMoreThanItsBoundUnlessItIsTheFirst() {
        assertThat(round.add(append(5_000))).isTrue();
        assertThat(round.add(append(1))).isFalse();
        assertThat(round.blockBytes()).isGreaterThan(5_000).isEqualTo(JournalBlock.padded(round.blockBytes()));
    }
}
