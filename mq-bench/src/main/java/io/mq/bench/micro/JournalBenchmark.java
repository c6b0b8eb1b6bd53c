package io.mq.bench.micro;

import io.mq.batch.Compression;
import io.mq.batch.RecordBatch;
import io.mq.bench.server.Directories;
import io.mq.core.command.AppendCommand;
import io.mq.core.command.AppendCommand.Appended;
import io.mq.core.command.Command;
import io.mq.core.command.LogPosition;
import io.mq.core.command.StateMachine;
import io.mq.core.file.NioDisk;
import io.mq.core.journal.FileJournal;
import io.mq.core.journal.Journal;
import io.mq.core.journal.JournalConfig;
import io.mq.core.journal.JournalObserver;
import io.mq.core.message.PartitionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Commands made durable, with a state machine that does nothing: one round of the journal for each call. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class JournalBenchmark {

    private static final int FILE_BYTES = 64 << 20;
    private static final int ROUND_BYTES = 4 << 20;
    private static final int QUEUE_BYTES = 64 << 20;
    private static final PartitionId PARTITION = new PartitionId(1, 0);

    /** Batches that share a round. */
    @Param({"1", "8"})
    private int batches;

    private Path directory;
    private ExecutorService housekeeping;
    private Journal journal;
    private RecordBatch batch;

    @Setup
    public void open() throws IOException {
        directory = Files.createTempDirectory("mq-micro");
        housekeeping = Executors.newSingleThreadExecutor();
        batch = Batches.batch(Compression.NONE);
        journal = FileJournal.open(
                new JournalConfig(FILE_BYTES, ROUND_BYTES, QUEUE_BYTES, QUEUE_BYTES),
                new NioDisk(),
                directory,
                1,
                new Idle(),
                JournalObserver.NONE,
                Executors.defaultThreadFactory(),
                housekeeping,
                new Random(1));
    }

    @TearDown
    public void close() throws IOException {
        journal.close();
        housekeeping.shutdown();
        Directories.delete(directory);
    }

    @Benchmark
    public void appendAndForce() {
        CompletableFuture<?>[] all = new CompletableFuture<?>[batches];
        for (int i = 0; i < batches; i++) {
            all[i] = journal.submit(new AppendCommand(PARTITION, batch));
        }
        CompletableFuture.allOf(all).join();
        // Files whose commands are in a checkpoint are used again.
        journal.release(LogPosition.of(Long.MAX_VALUE));
    }

    private static final class Idle implements StateMachine {

        private static final Appended APPENDED = new Appended(0, false);

        @Override
        @SuppressWarnings("unchecked") // Nothing but appends is submitted.
        public <R> R apply(long index, Command<R> command) {
            return (R) APPENDED;
        }

        @Override
        public boolean flush() {
            return true;
        }
    }
}
