package io.mq.core.journal;

import io.mq.core.command.Command;
import io.mq.core.command.CommandCodec;
import io.mq.core.command.StateMachine;
import io.mq.core.error.BrokerException;
import io.mq.core.file.Disk;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;

/**
 * The journal of a single node: files on the local disk, written by one thread with group commit.
 *
 * <p>The thread takes everything that waits, up to a bound, writes it as one block, forces it, applies it and completes
 * the callers; what arrives meanwhile is the next round. So the number of forces follows the disk's speed and not the
 * number of callers, and a lone caller waits for nobody.
 */
public final class FileJournal implements Journal {

    /** How soon applied commands that found the disk full try again to reach their segment. */
    private static final Duration FLUSH_RETRY = Duration.ofMillis(100);

    /** Blocks are padded to a multiple of 8. */
    private static final int PADDING_BYTES_MAX = 7;

    private static final Logger LOG = System.getLogger(FileJournal.class.getName());

    private final JournalConfig config;
    private final StateMachine stateMachine;
    private final JournalObserver observer;
    private final JournalFiles files;
    private final Thread writer;

    private final ConcurrentLinkedQueue<Work> queue = new ConcurrentLinkedQueue<>();

    /** Bytes of submitted commands whose round has not ended. */
    private final AtomicLong queuedBytes = new AtomicLong();

    /** Set while the writer sleeps, or is about to: whoever adds work then wakes it. */
    private volatile boolean isIdle;

    /** Whether new commands are refused. */
    private volatile boolean isDraining;

    /** Whether the writer ends when nothing is left. Invariant: isDraining. */
    private volatile boolean isClosing;

    /** Set when the writer takes nothing more: whoever has added work then answers it. */
    private volatile boolean hasEnded;

    /** Set once and for all by the first failed write, force or apply. */
    private volatile Throwable failure;

    /** Owned by the writer. */
    private long nextIndex;

    /** Owned by the writer. Whether all that is applied has reached its segments. */
    private boolean isFlushed = true;

    /** Owned by the writer; grows to the largest command seen. */
    private ByteBuffer blockBuffer;

    /** What the writer does, in the order in which it was asked to. */
    private sealed interface Work {

        /** Ends it without having done it. */
        void refuse(BrokerException answer);
    }

    private record Entry<R>(Command<R> command, int size, CompletableFuture<R> future) implements Work {

        /** Applies the command and returns what completes the caller. */
        Runnable apply(StateMachine stateMachine, long index) {
            try {
                R result = stateMachine.apply(index, command);
                return () -> future.complete(result);
            } catch (BrokerException refused) {
                return () -> future.completeExceptionally(refused);
            }
        }

        @Override
        public void refuse(BrokerException answer) {
            future.completeExceptionally(answer);
        }
    }

    private record Observation<T>(LongFunction<T> view, CompletableFuture<T> future) implements Work {

        void look(long appliedIndex) {
            try {
                future.complete(view.apply(appliedIndex));
            } catch (RuntimeException | Error e) {
                future.completeExceptionally(e);
            }
        }

        @Override
        public void refuse(BrokerException answer) {
            future.completeExceptionally(answer);
        }
    }

    private FileJournal(
            JournalConfig config,
            StateMachine stateMachine,
            JournalObserver observer,
            JournalFiles files,
            ThreadFactory threads,
            long nextIndex) {
        this.config = config;
        this.stateMachine = stateMachine;
        this.observer = observer;
        this.files = files;
        this.nextIndex = nextIndex;
        this.blockBuffer = newBlockBuffer(config.roundBytesMax());
        this.writer = threads.newThread(this::run);
    }

    /**
     * Opens the journal for commands from {@code nextIndex} on, in a file of its own: nothing is ever appended behind
     * what an earlier process left. Call it after a {@link JournalReplay} whose result a checkpoint already holds; the
     * older files are given up.
     *
     * @param housekeeping runs the preparation and recycling of files, which wait for the disk
     */
    public static FileJournal open(
            JournalConfig config,
            Disk disk,
            Path directory,
            long nextIndex,
            StateMachine stateMachine,
            JournalObserver observer,
            ThreadFactory threads,
            Executor housekeeping,
            RandomGenerator salts)
            throws IOException {
        JournalFiles files = JournalFiles.open(disk, directory, config.fileBytes(), nextIndex, housekeeping, salts);
        FileJournal journal = new FileJournal(config, stateMachine, observer, files, threads, nextIndex);
        journal.writer.start();
        return journal;
    }

    @Override
    public <R> CompletableFuture<R> submit(Command<R> command) {
        int size = CommandCodec.sizeOf(command);
        if (size > config.commandBytesMax()) {
            return CompletableFuture.failedFuture(Refusals.tooLarge(size, config.commandBytesMax()));
        }
        if (isDraining) {
            return CompletableFuture.failedFuture(Refusals.shuttingDown());
        }
        if (failure != null) {
            return CompletableFuture.failedFuture(Refusals.failed(failure));
        }
        if (queuedBytes.addAndGet(size) > config.queueBytesMax() && queuedBytes.get() != size) {
            queuedBytes.addAndGet(-size);
            return CompletableFuture.failedFuture(Refusals.busy(queuedBytes.get()));
        }
        Entry<R> entry = new Entry<>(command, size, new CompletableFuture<>());
        queue.add(entry);
        workAdded();
        return entry.future;
    }

    @Override
    public <T> CompletableFuture<T> observe(LongFunction<T> view) {
        Observation<T> observation = new Observation<>(view, new CompletableFuture<>());
        queue.add(observation);
        workAdded();
        return observation.future;
    }

    private void workAdded() {
        if (isIdle) {
            LockSupport.unpark(writer);
        }
        if (hasEnded) {
            refuseLateWork();
        }
    }

    private void run() {
        try {
            takeRounds();
        } catch (RuntimeException | Error e) {
            poison(e, List.of());
            throw e;
        } finally {
            hasEnded = true;
            refuseLateWork();
        }
    }

    private void takeRounds() {
        while (true) {
            runObservations();
            List<Entry<?>> round = nextRound();
            if (!round.isEmpty()) {
                write(round);
            } else if (isClosing && queue.isEmpty()) {
                return;
            } else if (!isFlushed && failure == null) {
                sleep(FLUSH_RETRY);
                flush();
            } else {
                sleep(null);
            }
        }
    }

    /** Answers what was added after the writer took its last round. */
    private void refuseLateWork() {
        BrokerException answer = failure == null ? Refusals.shuttingDown() : Refusals.failed(failure);
        for (Work late = queue.poll(); late != null; late = queue.poll()) {
            late.refuse(answer);
        }
    }

    /** Sleeps until there is work, or for {@code timeout} where one is given. */
    private void sleep(Duration timeout) {
        isIdle = true;
        if (queue.isEmpty() && !isClosing) {
            if (timeout == null) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, timeout.toNanos());
            }
        }
        isIdle = false;
    }

    /** Runs the observations whose turn it is: everything that was submitted before them has been applied. */
    private void runObservations() {
        while (queue.peek() instanceof Observation<?> next) {
            queue.poll();
            next.look(nextIndex - 1);
        }
    }

    private List<Entry<?>> nextRound() {
        List<Entry<?>> round = new ArrayList<>();
        int bytes = JournalBlock.HEADER_BYTES;
        while (queue.peek() instanceof Entry<?> next) {
            int size = JournalBlock.sizeOf(next.size);
            if (!round.isEmpty() && bytes + size > config.roundBytesMax()) {
                break;
            }
            bytes += size;
            queue.poll();
            round.add(next);
        }
        return round;
    }

    /** Writes, forces, applies and completes one round. */
    private void write(List<Entry<?>> round) {
        if (failure != null) {
            fail(round, Refusals.failed(failure));
            return;
        }
        boolean isPersisted;
        try {
            isPersisted = persist(round);
        } catch (IOException | RuntimeException | Error e) {
            poison(e, round);
            return;
        }
        if (isPersisted) {
            apply(round);
        } else {
            fail(round, Refusals.diskFull(config.fileBytes()));
        }
    }

    /** Writes and forces a round; answers false, with nothing written, where the disk has no room for another file. */
    private boolean persist(List<Entry<?>> round) throws IOException {
        encode(round);
        int size = JournalBlock.padded(blockBuffer.position());
        if (!files.ensureRoomFor(size, nextIndex)) {
            return false;
        }
        JournalFile file = files.current();
        JournalBlock.seal(blockBuffer, 0, file.salt(), nextIndex, JournalBlock.COMMANDS, round.size());
        file.append(blockBuffer.flip());
        long start = System.nanoTime();
        file.force();
        long forceNanos = System.nanoTime() - start;
        files.forced(size, nextIndex + round.size() - 1);
        observer.roundForced(round.size(), size, forceNanos);
        return true;
    }

    private void encode(List<Entry<?>> round) {
        int size = JournalBlock.HEADER_BYTES;
        for (Entry<?> entry : round) {
            size += JournalBlock.sizeOf(entry.size);
        }
        if (size > blockBuffer.capacity() - PADDING_BYTES_MAX) {
            blockBuffer = newBlockBuffer(size);
        }
        blockBuffer.clear();
        JournalBlock.begin(blockBuffer);
        for (Entry<?> entry : round) {
            JournalBlock.add(blockBuffer, entry.command, entry.size);
        }
    }

    /** Applies a durable round, then completes its callers: what they learn is already visible to readers. */
    private void apply(List<Entry<?>> round) {
        List<Runnable> completions = new ArrayList<>(round.size());
        try {
            for (Entry<?> entry : round) {
                completions.add(entry.apply(stateMachine, nextIndex));
                nextIndex++;
            }
            isFlushed = stateMachine.flush();
        } catch (RuntimeException | Error e) {
            poison(e, round);
            return;
        }
        settle(round);
        completions.forEach(Runnable::run);
    }

    private void flush() {
        try {
            isFlushed = stateMachine.flush();
        } catch (RuntimeException | Error e) {
            poison(e, List.of());
        }
    }

    private void poison(Throwable cause, List<Entry<?>> inDoubt) {
        failure = cause;
        LOG.log(Level.ERROR, "The journal has failed and takes no more commands until mq is restarted", cause);
        fail(inDoubt, Refusals.inDoubt(cause));
    }

    private void fail(List<Entry<?>> round, BrokerException answer) {
        settle(round);
        round.forEach(entry -> entry.future.completeExceptionally(answer));
    }

    private void settle(List<Entry<?>> round) {
        long bytes = 0;
        for (Entry<?> entry : round) {
            bytes += entry.size;
        }
        queuedBytes.addAndGet(-bytes);
    }

    private static ByteBuffer newBlockBuffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes + PADDING_BYTES_MAX).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void release(long throughIndex) {
        files.release(throughIndex);
    }

    @Override
    public long bytesWritten() {
        return files.bytesWritten();
    }

    @Override
    public void poison(IOException cause) {
        poison(cause, List.of());
    }

    @Override
    public boolean isHealthy() {
        return failure == null;
    }

    @Override
    public void drain() {
        isDraining = true;
        try {
            // A view takes its turn behind what was submitted before.
            observe(index -> index).join();
        } catch (CompletionException closed) {
            // The writer has ended, and has answered everything.
        }
    }

    @Override
    public void close() throws IOException {
        isDraining = true;
        isClosing = true;
        LockSupport.unpark(writer);
        joinWriter();
        files.close();
    }

    /** Waits even where the caller is interrupted: the writer must never be cut off in the middle of a write. */
    private void joinWriter() {
        boolean wasInterrupted = false;
        while (writer.isAlive()) {
            try {
                writer.join();
            } catch (InterruptedException e) {
                wasInterrupted = true;
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
