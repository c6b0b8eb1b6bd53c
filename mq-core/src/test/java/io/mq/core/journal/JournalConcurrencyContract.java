package io.mq.core.journal;

import static io.mq.core.journal.JournalContract.await;
import static io.mq.core.journal.JournalContract.refusal;
import static io.mq.core.journal.RecordingStateMachine.command;
import static org.assertj.core.api.Assertions.assertThat;

import io.mq.core.command.StateMachine;
import io.mq.core.error.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What {@link Journal} promises to many threads at once. */
public abstract class JournalConcurrencyContract {

    private static final int THREADS = 8;
    private static final int COMMANDS_EACH = 400;

    /** Opens a journal on a medium of its own. */
    protected abstract Journal openNew(StateMachine stateMachine) throws IOException;

    /** How often a journal is opened to be closed under its submitters. */
    protected int closingAttempts() {
        return 40;
    }

    private interface Submitter {
        void submit(int thread) throws Exception;
    }

    /** Runs one submitter on each of many threads, starting together, then {@code meanwhile}, and waits for all. */
    private static void race(Submitter submitter, Submitter meanwhile) throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            CompletableFuture<Void> ended = new CompletableFuture<>();
            threads.add(ended);
            new Thread(() -> {
                        try {
                            start.await();
                            submitter.submit(number);
                            ended.complete(null);
                        } catch (Exception | AssertionError e) {
                            ended.completeExceptionally(e);
                        }
                    })
                    .start();
        }
        start.countDown();
        meanwhile.submit(-1);
        for (CompletableFuture<Void> thread : threads) {
            await(thread);
            thread.join();
        }
    }

    @Test
    void orderOfEachSubmitterIsKeptAndNothingIsLeftOut() throws Exception {
        RecordingStateMachine machine = new RecordingStateMachine();
        try (Journal journal = openNew(machine)) {
            race(
                    thread -> {
                        List<CompletableFuture<Boolean>> futures = new ArrayList<>();
                        for (int i = 0; i < COMMANDS_EACH; i++) {
                            futures.add(journal.submit(command(thread + ":" + i)));
                        }
                        futures.forEach(JournalContract::await);
                    },
                    none -> {});
            int all = THREADS * COMMANDS_EACH;
            assertThat(machine.indexes()).hasSize(all).isSorted();
            for (int thread = 0; thread < THREADS; thread++) {
                String prefix = thread + ":";
                assertThat(machine.applied().stream().filter(text -> text.startsWith(prefix)))
                        .containsExactlyElementsOf(IntStream.range(0, COMMANDS_EACH)
                                .mapToObj(i -> prefix + i)
                                .toList());
            }
        }
    }

    @Test
    void observerNeverSeesACommandBeingApplied() throws Exception {
        RecordingStateMachine machine = new RecordingStateMachine();
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        try (Journal journal = openNew(machine)) {
            race(
                    thread -> {
                        for (int i = 0; i < COMMANDS_EACH; i++) {
                            await(journal.submit(command(thread + ":" + i)));
                        }
                    },
                    none -> {
                        for (int i = 0; i < 500; i++) {
                            journal.observe(position -> {
                                        if (machine.isApplying() || machine.lastIndex() != position.index()) {
                                            wrong.add("index %d, applied %d"
                                                    .formatted(position.index(), machine.lastIndex()));
                                        }
                                        return null;
                                    })
                                    .join();
                        }
                    });
        }
        assertThat(wrong).isEmpty();
    }

    /** A command that slips in while the journal closes is refused or finished, never forgotten. */
    @Test
    void everyCommandIsAnsweredWhenTheJournalIsClosedMeanwhile() throws Exception {
        for (int attempt = 0; attempt < closingAttempts(); attempt++) {
            RecordingStateMachine machine = new RecordingStateMachine();
            Journal journal = openNew(machine);
            Queue<CompletableFuture<?>> futures = new ConcurrentLinkedQueue<>();
            race(
                    thread -> {
                        CompletableFuture<Boolean> last;
                        do {
                            last = journal.submit(command("c" + thread));
                            futures.add(last);
                            futures.add(journal.observe(position -> position));
                        } while (!last.isCompletedExceptionally());
                    },
                    none -> journal.close());
            futures.forEach(JournalContract::await);
            futures.stream()
                    .filter(CompletableFuture::isCompletedExceptionally)
                    .forEach(future ->
                            assertThat(refusal(future).reason()).isIn(Reason.SHUTTING_DOWN, Reason.BROKER_BUSY));
        }
    }

    @Test
    void interruptOfASubmitterHarmsNobody() throws Exception {
        RecordingStateMachine machine = new RecordingStateMachine();
        try (Journal journal = openNew(machine)) {
            race(
                    thread -> {
                        for (int i = 0; i < 50; i++) {
                            Thread.currentThread().interrupt();
                            CompletableFuture<Boolean> future = journal.submit(command("c"));
                            assertThat(Thread.interrupted()).isTrue();
                            await(future);
                            assertThat(future).isCompleted();
                        }
                    },
                    none -> {});
            assertThat(journal.isHealthy()).isTrue();
        }
    }
}
