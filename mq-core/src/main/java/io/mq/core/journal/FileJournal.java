package io.mq.core.journal;

import io.mq.batch.RecordBatch;
import io.mq.core.command.AppendCommand;
import io.mq.core.command.Command;
import io.mq.core.command.LogPosition;
import io.mq.core.command.PlacedAppendCommand;
import io.mq.core.command.StateMachine;
import io.mq.core.error.BrokerException;
import io.mq.core.file.Disk;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * The journal of a single node: files on the local disk, written by one thread with group commit.
 *
 * <p>The thread takes everything that waits, up to a bound, writes it as one block, forces it, applies it and completes
 * the callers; what arrives meanwhile is the next round. So the number of forces follows the disk's speed and not the
 * number of callers, and a lone caller waits for nobody.
 */
public final class FileJournal extends QueuedJournal {

    private static final Logger LOG = System.getLogger(FileJournal.class.getName());

    private final JournalConfig config;
    private final StateMachine stateMachine;
    private final JournalObserver observer;
    private final JournalFiles files;

    /** Owned by the writer. */
    private long nextIndex;

    /** Owned by the writer. Whether all that is applied has reached its segments. */
    private boolean isFlushed = true;

    /** Owned by the writer; grows to the largest command seen. */
    private ByteBuffer blockBuffer;

    private FileJournal(
            JournalConfig config,
            StateMachine stateMachine,
            JournalObserver observer,
            JournalFiles files,
            ThreadFactory threads,
            long nextIndex) {
        super(new WorkQueue(config.commandBytesMax(), config.queueBytesMax()), threads);
        this.config = config;
        this.stateMachine = stateMachine;
        this.observer = observer;
        this.files = files;
        this.nextIndex = nextIndex;
        this.blockBuffer = newBlockBuffer(JournalBlock.padded(config.roundBytesMax()));
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
        journal.startTaking();
        return journal;
    }

    @Override
    void take() {
        while (true) {
            runObservations();
            Round round = queue.pollInto(new Round(config.roundBytesMax(), config.placedBytesMin()));
            if (!round.isEmpty()) {
                write(round);
            } else if (queue.isThrough()) {
                return;
            } else if (!isFlushed && isHealthy()) {
                queue.sleep(FLUSH_RETRY);
                flush();
            } else {
                queue.sleep(null);
            }
        }
    }

    /** Runs the observations whose turn it is: everything that was submitted before them has been applied. */
    private void runObservations() {
        while (queue.peek() instanceof Observation<?> next) {
            queue.poll();
            next.look(LogPosition.of(nextIndex - 1));
        }
    }

    /** Makes one round durable, applies it and completes its callers: what they learn is already visible to readers. */
    private void write(Round round) {
        if (!isHealthy()) {
            fail(round, Refusals.failed(queue.failure()));
            return;
        }
        List<Runnable> completions;
        try {
            if (!files.ensureRoomFor(round.blockBytes(), nextIndex)) {
                fail(round, Refusals.diskFull(config.fileBytes()));
                return;
            }
            completions = round.isPlaced() ? placeAndPersist(round) : persistAndApply(round);
            nextIndex += round.size();
            isFlushed = stateMachine.flush();
        } catch (IOException | RuntimeException | Error e) {
            stop(e);
            fail(round, Refusals.inDoubt(e));
            return;
        }
        queue.settle(round);
        completions.forEach(Runnable::run);
    }

    private List<Runnable> persistAndApply(Round round) throws IOException {
        encode(round, UnaryOperator.identity());
        persist(round, 0, 0);
        return round.apply(stateMachine, nextIndex);
    }

    /** Has the batches forced into their segments, and writes to the journal where they are. */
    private List<Runnable> placeAndPersist(Round round) throws IOException {
        List<Runnable> completions = round.apply(stateMachine, nextIndex);
        long start = System.nanoTime();
        Set<RecordBatch> placed = stateMachine.place(config.placedBytesMin());
        long placeNanos = System.nanoTime() - start;
        encode(
                round,
                command -> command instanceof AppendCommand append && placed.contains(append.batch())
                        ? PlacedAppendCommand.of(append)
                        : command);
        long placedBytes = placed.stream().mapToLong(RecordBatch::sizeInBytes).sum();
        persist(round, placedBytes, placeNanos);
        return completions;
    }

    /** Puts the round's commands, in the form in which they are journaled, into the block buffer. */
    private void encode(Round round, UnaryOperator<Command<?>> form) {
        if (round.blockBytes() > blockBuffer.capacity()) {
            blockBuffer = newBlockBuffer(round.blockBytes());
        }
        blockBuffer.clear();
        JournalBlock.begin(blockBuffer);
        for (Entry<?> entry : round.entries()) {
            JournalBlock.add(blockBuffer, form.apply(entry.command()));
        }
    }

    /** Writes and forces the encoded round. */
    private void persist(Round round, long placedBytes, long placeNanos) throws IOException {
        JournalFile file = files.current();
        JournalBlock.seal(blockBuffer, 0, file.salt(), nextIndex, JournalBlock.COMMANDS, round.size());
        int size = blockBuffer.flip().remaining();
        file.append(blockBuffer);
        long start = System.nanoTime();
        file.force();
        long forceNanos = System.nanoTime() - start;
        files.forced(round.blockBytes(), nextIndex + round.size() - 1);
        observer.roundForced(round.size(), size, placedBytes, placeNanos + forceNanos);
    }

    private void flush() {
        try {
            isFlushed = stateMachine.flush();
        } catch (RuntimeException | Error e) {
            stop(e);
        }
    }

    @Override
    void stop(Throwable cause) {
        queue.fail(cause);
        LOG.log(Level.ERROR, "The journal has failed and takes no more commands until mq is restarted", cause);
    }

    private void fail(Round round, BrokerException answer) {
        queue.settle(round);
        round.refuse(answer);
    }

    private static ByteBuffer newBlockBuffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void release(LogPosition through) {
        files.release(through.index());
    }

    @Override
    public long bytesWritten() {
        return files.bytesWritten();
    }

    @Override
    public void close() throws IOException {
        closeQueue();
        files.close();
    }
}
