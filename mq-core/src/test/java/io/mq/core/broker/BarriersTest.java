package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mq.core.command.BarrierCommand;
import io.mq.core.command.Command;
import io.mq.core.command.LogPosition;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.journal.Journal;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class BarriersTest {

    private final List<CompletableFuture<Boolean>> submitted = new CopyOnWriteArrayList<>();
    private volatile boolean refusesAtOnce;
    private final Barriers barriers = new Barriers(new PendingJournal());

    /** Commits when the test says so. */
    private final class PendingJournal implements Journal {

        @Override
        @SuppressWarnings("unchecked") // Barriers are all that it is given.
        public <R> CompletableFuture<R> submit(Command<R> command) {
            assertThat(command).isInstanceOf(BarrierCommand.class);
            CompletableFuture<Boolean> future = new CompletableFuture<>();
            if (refusesAtOnce) {
                future.completeExceptionally(BrokerException.of(Reason.JOURNAL_FAILED, "as ever"));
            }
            submitted.add(future);
            return (CompletableFuture<R>) future;
        }

        @Override
        public <T> CompletableFuture<T> observe(Function<LogPosition, T> view) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void release(LogPosition through) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long bytesWritten() {
            return 0;
        }

        @Override
        public void poison(IOException cause) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isHealthy() {
            return true;
        }

        @Override
        public void drain() {}

        @Override
        public void close() {}
    }

    @Test
    void aBarrierIsPassedOnceItIsCommitted() {
        CompletableFuture<Void> passed = barriers.pass();
        assertThat(passed).isNotDone();
        submitted.get(0).complete(true);
        assertThat(passed).isCompleted();
        assertThat(submitted).hasSize(1);
    }

    /** What was committed while the first one was under way is behind it, perhaps. */
    @Test
    void whoeverComesLaterWaitsForTheNextOneAndSharesIt() {
        CompletableFuture<Void> first = barriers.pass();
        CompletableFuture<Void> second = barriers.pass();
        CompletableFuture<Void> third = barriers.pass();
        assertThat(submitted).hasSize(1);
        submitted.get(0).complete(true);
        assertThat(first).isCompleted();
        assertThat(second).isNotDone();
        assertThat(submitted).hasSize(2);
        CompletableFuture<Void> fourth = barriers.pass();
        submitted.get(1).complete(true);
        assertThat(second).isCompleted();
        assertThat(third).isCompleted();
        assertThat(fourth).isNotDone();
        submitted.get(2).complete(true);
        assertThat(fourth).isCompleted();
    }

    /** As when the leader changes. */
    @Test
    void oneThatCameToNothingIsTriedAgain() {
        CompletableFuture<Void> passed = barriers.pass();
        submitted.get(0).completeExceptionally(BrokerException.of(Reason.OUTCOME_UNKNOWN, "who knows"));
        await().atMost(Duration.ofSeconds(10)).until(() -> submitted.size() == 2);
        assertThat(passed).isNotDone();
        submitted.get(1).complete(true);
        assertThat(passed).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void whereNothingIsCommittedThatIsSaid() {
        refusesAtOnce = true;
        assertThat(barriers.pass())
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        BrokerException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(Reason.NOT_LEADER));
        refusesAtOnce = false;
        CompletableFuture<Void> next = barriers.pass();
        submitted.get(submitted.size() - 1).complete(true);
        assertThat(next).succeedsWithin(Duration.ofSeconds(10));
    }
}
