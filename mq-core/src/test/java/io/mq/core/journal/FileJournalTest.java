package io.mq.core.journal;

import static io.mq.core.journal.JournalContract.await;
import static io.mq.core.journal.JournalContract.refusal;
import static io.mq.core.journal.RecordingStateMachine.command;
import static io.mq.core.journal.RecordingStateMachine.commands;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.mq.core.command.Command;
import io.mq.core.command.LogPosition;
import io.mq.core.command.StateMachine;
import io.mq.core.error.Reason;
import io.mq.core.file.GatedDisk;
import io.mq.core.file.SimulatedDisk;
import io.mq.core.file.SimulatedDisk.Survival;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Group commit, files that fill up, and a disk without room: what is {@link FileJournal}'s own. */
class FileJournalTest {

    private static final Path DIRECTORY = Path.of("/journal");
    private static final int FILE_BYTES = 16 << 10;
    private static final int ROUND_BYTES_MAX = 2 << 10;
    private static final JournalConfig CONFIG = new JournalConfig(FILE_BYTES, ROUND_BYTES_MAX, 1 << 20, 1 << 10);

    private final SimulatedDisk simulated = new SimulatedDisk();
    private final GatedDisk disk =
            new GatedDisk(simulated, path -> path.toString().endsWith(".journal"));
    private final Queue<Round> rounds = new ConcurrentLinkedQueue<>();

    private record Round(int commands, int bytes) {}

    private FileJournal open(StateMachine machine) throws IOException {
        return FileJournal.open(
                CONFIG,
                disk,
                DIRECTORY,
                1,
                machine,
                (commands, bytes, placedBytes, nanos) -> rounds.add(new Round(commands, bytes)),
                Thread::new,
                Runnable::run,
                new Random(1));
    }

    private List<String> recoverable() throws IOException {
        RecordingStateMachine machine = new RecordingStateMachine();
        JournalReplay.run(simulated.afterPowerCut(Survival.NOTHING, new Random(1)), DIRECTORY, 0, machine);
        return machine.applied();
    }

    private List<CompletableFuture<Boolean>> submitBehindOne(
            FileJournal journal, List<? extends Command<Boolean>> more) {
        List<CompletableFuture<Boolean>> futures = new ArrayList<>();
        disk.shut();
        futures.add(journal.submit(command("first")));
        disk.awaitArrival();
        more.forEach(command -> futures.add(journal.submit(command)));
        disk.open();
        return futures;
    }

    @Test
    void commandsThatWaitShareOneForce() throws IOException {
        try (FileJournal journal = open(new RecordingStateMachine())) {
            submitBehindOne(journal, commands(50)).forEach(CompletableFuture::join);
        }
        assertThat(rounds).extracting(Round::commands).containsExactly(1, 50);
    }

    @Test
    void eachCommandHasTheNextIndex() throws IOException {
        RecordingStateMachine machine = new RecordingStateMachine();
        try (FileJournal journal = open(machine)) {
            submitBehindOne(journal, commands(50)).forEach(CompletableFuture::join);
        }
        assertThat(machine.indexes())
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 51).boxed().toList());
    }

    @Test
    void roundCarriesNoMoreBytesThanConfigured() throws IOException {
        try (FileJournal journal = open(new RecordingStateMachine())) {
            List<Command<Boolean>> large = Stream.generate(() -> command("x".repeat(500)))
                    .limit(40)
                    .<Command<Boolean>>map(c -> c)
                    .toList();
            submitBehindOne(journal, large).forEach(CompletableFuture::join);
        }
        assertThat(rounds).hasSize(1 + 40 / 3 + 1).allMatch(round -> round.bytes <= ROUND_BYTES_MAX);
    }

    @Test
    void commandLargerThanARoundGetsOneOfItsOwn() throws IOException {
        String large = "x".repeat(3 * ROUND_BYTES_MAX);
        try (FileJournal journal = open(new RecordingStateMachine())) {
            submitBehindOne(journal, List.of(command("a"), command(large), command("b")))
                    .forEach(CompletableFuture::join);
        }
        assertThat(rounds).extracting(Round::commands).containsExactly(1, 1, 1, 1);
        assertThat(recoverable()).containsExactly("first", "a", large, "b");
    }

    @Test
    void shortWritesAreContinued() throws IOException {
        simulated.writeShort(new Random(3));
        try (FileJournal journal = open(new RecordingStateMachine())) {
            submitBehindOne(journal, commands(400)).forEach(CompletableFuture::join);
        }
        assertThat(recoverable()).hasSize(401).endsWith("c398", "c399");
    }

    @Test
    void releasedFilesAreReusedAndTheJournalTakesNoMoreDiskHoweverLongItRuns() throws IOException {
        try (FileJournal journal = open(new RecordingStateMachine())) {
            for (int i = 1; i <= 500; i++) {
                journal.submit(command("x".repeat(1000))).join();
                journal.release(LogPosition.of(i));
                assertThat(simulated.list(DIRECTORY))
                        .as("files after %d commands", i)
                        .hasSizeLessThanOrEqualTo(4);
            }
        }
        assertThat(simulated.files())
                .allSatisfy(file -> assertThat(simulated.size(file)).isEqualTo(FILE_BYTES));
    }

    @Test
    void fullDiskRefusesWhatNeedsAnotherFileAndTakesItWhenThereIsRoom() throws IOException {
        RecordingStateMachine machine = new RecordingStateMachine();
        List<String> taken = new ArrayList<>();
        try (FileJournal journal = open(machine)) {
            simulated.setCapacity(0);
            CompletableFuture<Boolean> last = fill(journal, taken);
            assertThat(refusal(last).reason()).isEqualTo(Reason.DISK_FULL);
            assertThat(refusal(last).retryAfter()).isPresent();
            assertThat(journal.isHealthy()).isTrue();
            assertThat(machine.applied()).isEqualTo(taken);
            simulated.setCapacity(Long.MAX_VALUE);
            journal.submit(command("after")).join();
            assertThat(machine.indexes()).endsWith((long) taken.size() + 1);
        }
        taken.add("after");
        assertThat(recoverable()).isEqualTo(taken);
    }

    /** Submits until one is refused; the disk has room for the file in use and the one that is prepared. */
    private static CompletableFuture<Boolean> fill(FileJournal journal, List<String> taken) {
        for (int i = 0; ; i++) {
            String text = i + "x".repeat(1000);
            CompletableFuture<Boolean> future = journal.submit(command(text));
            await(future);
            if (future.isCompletedExceptionally()) {
                return future;
            }
            taken.add(text);
        }
    }

    /** A state machine that cannot reach its segments for a while. */
    private static final class StallingStateMachine implements StateMachine {

        private final RecordingStateMachine machine = new RecordingStateMachine();
        private final AtomicBoolean isStalled = new AtomicBoolean(true);
        private final AtomicInteger flushed = new AtomicInteger();

        @Override
        public <R> R apply(long index, Command<R> command) {
            return machine.apply(index, command);
        }

        @Override
        public boolean flush() {
            if (isStalled.get()) {
                return false;
            }
            flushed.incrementAndGet();
            return true;
        }
    }

    @Test
    void appliedCommandsReachTheirSegmentsByThemselvesWhenThereIsRoom() throws IOException {
        StallingStateMachine machine = new StallingStateMachine();
        try (FileJournal journal = open(machine)) {
            journal.submit(command("stalled")).join();
            assertThat(machine.flushed).hasValue(0);
            machine.isStalled.set(false);
            await().untilAtomic(machine.flushed, equalTo(1));
        }
    }

    @Test
    void appliedCommandsReachTheirSegmentsAlsoAfterAnotherWasRefusedForWantOfRoom() throws IOException {
        StallingStateMachine machine = new StallingStateMachine();
        try (FileJournal journal = open(machine)) {
            simulated.setCapacity(0);
            assertThat(refusal(fill(journal, new ArrayList<>())).reason()).isEqualTo(Reason.DISK_FULL);
            machine.isStalled.set(false);
            await().untilAtomic(machine.flushed, equalTo(1));
        }
    }

    @Test
    void interruptOfTheClosingThreadDoesNotCutOffTheLastWrite() throws Exception {
        FileJournal journal = open(new RecordingStateMachine());
        disk.shut();
        CompletableFuture<Boolean> last = journal.submit(command("last"));
        disk.awaitArrival();
        CompletableFuture<Boolean> wasInterrupted = new CompletableFuture<>();
        Thread closing = new Thread(() -> {
            try {
                journal.close();
                wasInterrupted.complete(Thread.currentThread().isInterrupted());
            } catch (IOException e) {
                wasInterrupted.completeExceptionally(e);
            }
        });
        closing.start();
        closing.interrupt();
        await().until(() -> !closing.isInterrupted());
        assertThat(wasInterrupted).isNotDone();
        disk.open();
        await(wasInterrupted);
        assertThat(wasInterrupted).isCompletedWithValue(true);
        assertThat(last).isCompleted();
        assertThat(recoverable()).containsExactly("last");
    }

    @Test
    void configMustHoldTwoRoundsInAFileAndOneInTheQueue() {
        assertThat(catchThrowable(() -> new JournalConfig(100, 51, 1000, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must hold two rounds");
        assertThat(catchThrowable(() -> new JournalConfig(100, 50, 49, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must hold a round");
    }
}
