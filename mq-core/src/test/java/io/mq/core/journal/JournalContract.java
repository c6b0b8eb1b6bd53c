package io.mq.core.journal;

import static io.mq.core.journal.RecordingStateMachine.command;
import static io.mq.core.journal.RecordingStateMachine.commands;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mq.core.command.LogPosition;
import io.mq.core.command.StateMachine;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What {@link Journal} promises to a single submitter; every implementation passes this and
 * {@link JournalConcurrencyContract}.
 */
public abstract class JournalContract {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final RecordingStateMachine machine = new RecordingStateMachine();
    private Journal journal;

    /** Opens a journal on this test's own medium, which is empty at first and stays from one opening to the next. */
    protected abstract Journal open(StateMachine stateMachine) throws IOException;

    /** What a restart would replay after this index if the power failed now. */
    protected abstract List<String> recoverableAfter(long index) throws IOException;

    private List<String> recoverable() throws IOException {
        return recoverableAfter(0);
    }

    /** From now on, nothing becomes durable. */
    protected abstract void holdDurability();

    /** Waits until the journal waits for a command to become durable. */
    protected abstract void awaitHeldCommand();

    protected abstract void releaseDurability();

    /** From now on, making a command durable fails. */
    protected abstract void breakDurability();

    /** The largest command that fits. */
    protected abstract int commandBytesMax();

    /** Bytes of commands that may wait. */
    protected abstract int queueBytesMax();

    @BeforeEach
    void openJournal() throws IOException {
        journal = open(machine);
    }

    @AfterEach
    void closeJournal() throws IOException {
        releaseDurability();
        journal.close();
    }

    /** Waits until a future is complete, however. */
    static void await(CompletableFuture<?> future) {
        assertThat(future.handle((answer, failure) -> true)).succeedsWithin(SOON);
    }

    static BrokerException refusal(CompletableFuture<?> future) {
        await(future);
        return (BrokerException)
                catchThrowableOfType(CompletionException.class, future::join).getCause();
    }

    private CompletableFuture<Boolean> submit(String text) {
        return journal.submit(command(text));
    }

    @Test
    void commandsAreAppliedInTheOrderInWhichTheyWereSubmitted() {
        List<CompletableFuture<Boolean>> futures = new ArrayList<>();
        commands(500).forEach(command -> futures.add(journal.submit(command)));
        futures.forEach(JournalContract::await);
        assertThat(machine.applied())
                .containsExactlyElementsOf(
                        commands(500).stream().map(c -> c.group()).toList());
        assertThat(machine.indexes()).isSorted();
    }

    @Test
    void futureCompletesWithTheAnswerOfTheStateMachine() {
        assertThat(submit("yes!").join()).isTrue();
        assertThat(submit("no").join()).isFalse();
    }

    @Test
    void commandIsDurableWhenItsFutureCompletes() {
        for (int i = 0; i < 50; i++) {
            String text = "c" + i;
            List<String> found = submit(text)
                    .thenApply(answer -> {
                        try {
                            return recoverable();
                        } catch (IOException e) {
                            throw new CompletionException(e);
                        }
                    })
                    .join();
            assertThat(found).hasSize(i + 1).endsWith(text);
        }
    }

    @Test
    void commandIsNeitherAppliedNorAnsweredBeforeItIsDurable() throws IOException {
        holdDurability();
        CompletableFuture<Boolean> future = submit("c");
        awaitHeldCommand();
        assertThat(future).isNotDone();
        assertThat(machine.applied()).isEmpty();
        assertThat(recoverable()).isEmpty();
        releaseDurability();
        assertThat(future.join()).isFalse();
        assertThat(machine.applied()).containsExactly("c");
        assertThat(recoverable()).containsExactly("c");
    }

    @Test
    void refusalFailsItsFutureAndNothingElse() throws IOException {
        CompletableFuture<Boolean> refused = submit("refuse me");
        CompletableFuture<Boolean> next = submit("next");
        assertThat(refusal(refused).reason()).isEqualTo(Reason.GROUP_NOT_FOUND);
        assertThat(next.join()).isFalse();
        assertThat(journal.isHealthy()).isTrue();
        assertThat(recoverable()).containsExactly("refuse me", "next");
    }

    @Test
    void observerSeesTheIndexOfTheLastAppliedCommand() {
        assertThat(journal.observe(LogPosition::index).join()).isZero();
        submit("a").join();
        submit("b").join();
        assertThat(journal.observe(LogPosition::index).join()).isEqualTo(machine.lastIndex());
    }

    @Test
    void observerThatFailsFailsItsFutureAndNothingElse() {
        CompletableFuture<Object> failed = journal.observe(position -> {
            throw new AssertionError("cannot look");
        });
        await(failed);
        assertThat(catchThrowableOfType(CompletionException.class, failed::join))
                .hasRootCauseMessage("cannot look");
        assertThat(submit("next").join()).isFalse();
        assertThat(journal.isHealthy()).isTrue();
    }

    @Test
    void whatWaitsWhenDurabilityBreaksIsInDoubtOrFails() throws IOException {
        holdDurability();
        CompletableFuture<Boolean> inDoubt = submit("in doubt");
        awaitHeldCommand();
        CompletableFuture<Boolean> waiting = submit("waiting");
        breakDurability();
        releaseDurability();
        assertThat(refusal(inDoubt).reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
        assertThat(refusal(inDoubt)).hasMessageContaining("may be committed");
        assertThat(refusal(waiting).reason()).isEqualTo(Reason.JOURNAL_FAILED);
        assertThat(refusal(submit("later")).reason()).isEqualTo(Reason.JOURNAL_FAILED);
        assertThat(refusal(submit("later"))).hasMessageContaining("until mq is restarted");
        assertThat(journal.isHealthy()).isFalse();
        assertThat(machine.applied()).isEmpty();
        assertThat(recoverable()).isSubsetOf("in doubt");
    }

    @Test
    void poisonedJournalTakesNothingMore() {
        submit("before").join();
        journal.poison(new IOException("a segment could not be forced"));
        assertThat(journal.isHealthy()).isFalse();
        assertThat(refusal(submit("after")).reason()).isEqualTo(Reason.JOURNAL_FAILED);
        assertThat(refusal(submit("after"))).hasMessageContaining("a segment could not be forced");
        assertThat(machine.applied()).containsExactly("before");
    }

    @Test
    void poisonStopsWhatWaits() {
        holdDurability();
        CompletableFuture<Boolean> underWay = submit("under way");
        awaitHeldCommand();
        CompletableFuture<Boolean> waiting = submit("waiting");
        journal.poison(new IOException("a segment could not be forced"));
        releaseDurability();
        await(underWay);
        assertThat(refusal(waiting).reason()).isEqualTo(Reason.JOURNAL_FAILED);
    }

    @Test
    void stateMachineThatFailsPoisonsTheJournal() {
        CompletableFuture<Boolean> breaking = submit("break it");
        assertThat(refusal(breaking).reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
        assertThat(refusal(submit("after")).reason()).isEqualTo(Reason.JOURNAL_FAILED);
        assertThat(journal.isHealthy()).isFalse();
    }

    @Test
    void closeFinishesWhatWasSubmitted() throws IOException {
        List<CompletableFuture<Boolean>> futures = new ArrayList<>();
        commands(100).forEach(command -> futures.add(journal.submit(command)));
        journal.close();
        assertThat(futures).allSatisfy(future -> assertThat(future).isCompleted());
        assertThat(recoverable()).hasSize(100);
    }

    @Test
    void drainedJournalHasFinishedWhatWasSubmittedRefusesMoreAndCanBeObserved() {
        holdDurability();
        List<CompletableFuture<Boolean>> futures = new ArrayList<>();
        commands(100).forEach(command -> futures.add(journal.submit(command)));
        awaitHeldCommand();
        CompletableFuture<Void> drained = CompletableFuture.runAsync(journal::drain);
        assertThat(drained).isNotDone();
        releaseDurability();
        assertThat(drained).succeedsWithin(SOON);
        assertThat(futures).allSatisfy(future -> assertThat(future).isCompleted());
        assertThat(refusal(submit("late")).reason()).isEqualTo(Reason.SHUTTING_DOWN);
        assertThat(journal.observe(LogPosition::index).join()).isEqualTo(machine.lastIndex());
        journal.drain();
    }

    @Test
    void drainOfAFailedOrClosedJournalReturns() throws IOException {
        journal.poison(new IOException("a segment could not be forced"));
        assertThat(CompletableFuture.runAsync(journal::drain)).succeedsWithin(SOON);
        journal.close();
        assertThat(CompletableFuture.runAsync(journal::drain)).succeedsWithin(SOON);
    }

    @Test
    void closedJournalRefusesCommandsAndObservers() throws IOException {
        journal.close();
        journal.close();
        BrokerException refusal = refusal(submit("late"));
        assertThat(refusal.reason()).isEqualTo(Reason.SHUTTING_DOWN);
        assertThat(refusal.retryAfter()).isPresent();
        assertThat(refusal(journal.observe(LogPosition::index)).reason()).isEqualTo(Reason.SHUTTING_DOWN);
        assertThat(machine.applied()).isEmpty();
    }

    @Test
    void fullQueueRefusesWithTheAdviceToWaitAndTakesCommandsAgainWhenItHasRoom() throws IOException {
        holdDurability();
        String text = "x".repeat(queueBytesMax() / 10);
        List<CompletableFuture<Boolean>> futures = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            futures.add(submit(text));
        }
        awaitHeldCommand();
        Map<Boolean, List<CompletableFuture<Boolean>>> byRefusal =
                futures.stream().collect(Collectors.partitioningBy(CompletableFuture::isCompletedExceptionally));
        assertThat(byRefusal.get(true)).hasSizeBetween(10, 12).allSatisfy(future -> {
            assertThat(refusal(future).reason()).isEqualTo(Reason.BROKER_BUSY);
            assertThat(refusal(future).retryAfter()).isPresent();
        });
        releaseDurability();
        byRefusal.get(false).forEach(JournalContract::await);
        submit("after").join();
        assertThat(recoverable()).hasSize(byRefusal.get(false).size() + 1).endsWith("after");
    }

    @Test
    void largestCommandIsTakenAndALargerOneIsRefused() throws IOException {
        int overhead = 5;
        String largest = "x".repeat(commandBytesMax() - overhead);
        submit(largest).join();
        BrokerException refusal = refusal(submit(largest + "x"));
        assertThat(refusal.reason()).isEqualTo(Reason.MESSAGE_TOO_LARGE);
        assertThat(refusal).hasMessageContaining("%d", commandBytesMax());
        submit("after").join();
        assertThat(recoverable()).containsExactly(largest, "after");
    }

    @Test
    void reopenedJournalGoesOnWithTheNextIndex() throws IOException {
        submit("a").join();
        submit("b").join();
        journal.close();
        RecordingStateMachine second = new RecordingStateMachine();
        journal = open(second);
        submit("c").join();
        assertThat(second.applied()).containsExactly("a", "b", "c");
        assertThat(second.indexes().subList(0, 2)).isEqualTo(machine.indexes());
    }

    @Test
    void releaseKeepsEverythingThatCameLater() throws IOException {
        LogPosition middle = null;
        for (int i = 0; i < 100; i++) {
            submit("c" + i).join();
            if (i == 49) {
                middle = journal.observe(position -> position).join();
            }
        }
        journal.release(middle);
        submit("last").join();
        List<String> later = new ArrayList<>();
        for (int i = 50; i < 100; i++) {
            later.add("c" + i);
        }
        later.add("last");
        assertThat(recoverableAfter(middle.index())).isEqualTo(later);
    }

    @Test
    void bytesWrittenGrowWithEachCommandByItsSizeAtLeast() {
        long before = journal.bytesWritten();
        submit("x".repeat(1000)).join();
        assertThat(journal.bytesWritten()).isBetween(before + 1000, before + 2000);
    }
}
