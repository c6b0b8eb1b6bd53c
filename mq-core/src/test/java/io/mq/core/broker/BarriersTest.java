package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.core.command.BarrierCommand;
import io.mq.core.command.Command;
import io.mq.core.command.LogPosition;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.journal.Journal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class BarriersTest {

    private final List<CompletableFuture<Boolean>> submitted = new ArrayList<>();
    private final Barriers barriers = new Barriers(new PendingJournal());

    /** Commits when the test says so. */
    private final class PendingJournal implements Journal {

        @Override
        @SuppressWarnings("unchecked") // Barriers are all that it is given.
        public <R> CompletableFuture<R> submit(Command<R> command) {
            assertThat(command).isInstanceOf(BarrierCommand.class);
            CompletableFuture<Boolean> future = new CompletableFuture<>();
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

    @Test
    void whereNothingIsCommittedAllAreToldAndTheNextTries() {
        CompletableFuture<Void> first = barriers.pass();
        CompletableFuture<Void> second = barriers.pass();
        BrokerException refusal = BrokerException.of(Reason.NOT_LEADER, "nobody leads");
        submitted.get(0).completeExceptionally(refusal);
        submitted.get(1).completeExceptionally(refusal);
        assertThat(first).isCompletedExceptionally();
        assertThat(second).isCompletedExceptionally();
        CompletableFuture<Void> third = barriers.pass();
        submitted.get(2).complete(true);
        assertThat(third).isCompleted();
    }
}
