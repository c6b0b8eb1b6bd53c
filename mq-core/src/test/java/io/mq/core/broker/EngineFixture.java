package io.mq.core.broker;

import io.mq.batch.Record;
import io.mq.batch.RecordBatch;
import io.mq.batch.RecordCodec;
import io.mq.core.checkpoint.CheckpointStore;
import io.mq.core.command.AppendCommand;
import io.mq.core.file.Disk;
import io.mq.core.journal.JournalConfig;
import io.mq.core.journal.JournalObserver;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.state.StateListener;
import io.mq.core.storage.DataDirectory;
import io.mq.core.storage.LogCursor;
import io.mq.core.storage.LogSlice;
import io.mq.core.storage.OffsetOutOfRangeException;
import io.mq.core.storage.SegmentLog;
import io.mq.core.storage.ShardDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** An engine on whatever disk, with small files, so that everything that happens in a long life happens soon. */
public final class EngineFixture implements AutoCloseable {

    public static final Path ROOT = Path.of("/mq");
    public static final int SEGMENT_BYTES = 4096;
    public static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    /** Every process has salts of its own, as a recycled journal file must not meet its former one again. */
    private static final AtomicLong PROCESSES = new AtomicLong();

    /** A fifth of the appends of a {@link Workload} are large enough to be placed, alone or together. */
    private static final int PLACED_BYTES_MIN = 300;

    private static final JournalConfig JOURNAL = new JournalConfig(32 << 10, 8 << 10, 1 << 20, PLACED_BYTES_MIN);

    private final DataDirectory directory;
    private final Engine engine;

    private EngineFixture(DataDirectory directory, Engine engine) {
        this.directory = directory;
        this.engine = engine;
    }

    public static EngineFixture open(Disk disk, CheckpointStore store) {
        return open(disk, store, JOURNAL, 64);
    }

    public static EngineFixture open(Disk disk, CheckpointStore store, JournalConfig journal, int openFilesMax) {
        DataDirectory directory = DataDirectory.open(disk, ROOT, () -> "n1", NOW);
        Engine.Platform platform = platform(disk);
        JournalSource journals =
                new FileJournalSource(journal, platform, directory.shard(0).journal(), JournalObserver.NONE);
        return open(new EngineConfig(journal, openFilesMax, 0), platform, directory, store, journals);
    }

    /** With a journal from elsewhere. */
    public static EngineFixture open(Disk disk, CheckpointStore store, JournalSource journals) {
        DataDirectory directory = DataDirectory.open(disk, ROOT, () -> "n1", NOW);
        return open(new EngineConfig(JOURNAL, 64, 0), platform(disk), directory, store, journals);
    }

    private static Engine.Platform platform(Disk disk) {
        return new Engine.Platform(
                disk, Thread::new, Runnable::run, System::nanoTime, new Random(PROCESSES.incrementAndGet()));
    }

    private static EngineFixture open(
            EngineConfig config,
            Engine.Platform platform,
            DataDirectory directory,
            CheckpointStore store,
            JournalSource journals) {
        try {
            Engine engine =
                    Engine.open(config, platform, directory.shard(0), store, journals, state -> StateListener.NONE);
            return new EngineFixture(directory, engine);
        } catch (RuntimeException e) {
            unlock(directory);
            throw e;
        }
    }

    private static void unlock(DataDirectory directory) {
        try {
            directory.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public ShardDirectory directory() {
        return directory.shard(0);
    }

    public Engine engine() {
        return engine;
    }

    public static Record record(String payload) {
        return new Record(Optional.empty(), ByteBuffer.wrap(payload.getBytes(StandardCharsets.UTF_8)), List.of());
    }

    public static RecordBatch batch(String payload) {
        return batch(List.of(payload), NOW);
    }

    public static RecordBatch batch(List<String> payloads, Instant appendTime) {
        RecordBatch batch =
                RecordBatch.of(payloads.stream().map(EngineFixture::record).toList());
        batch.stampAppendTime(appendTime.toEpochMilli());
        return batch;
    }

    public static AppendCommand append(PartitionId partition, String payload) {
        return new AppendCommand(partition, batch(payload));
    }

    public Optional<Topic> topic(String name) {
        return engine.state().catalog().find(name);
    }

    public SegmentLog log(PartitionId partition) {
        return engine.state().logs().find(partition).orElseThrow();
    }

    /** The payloads of a log from its start to its end, each checked on the way. */
    public static List<String> payloads(SegmentLog log) {
        List<String> payloads = new ArrayList<>();
        LogCursor cursor = new LogCursor(log.start());
        try {
            for (LogSlice slice = log.read(cursor, 4096); !slice.isEmpty(); slice = log.read(cursor, 4096)) {
                int bytesBefore = 0;
                for (RecordBatch batch : slice.batches()) {
                    List<ByteBuffer> records = batch.records();
                    for (int i = (int) (cursor.nextOffset() - batch.baseOffset()); i < records.size(); i++) {
                        payloads.add(payload(records.get(i)));
                    }
                    bytesBefore += batch.sizeInBytes();
                    cursor.moveTo(batch.nextOffset(), slice, bytesBefore);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (OffsetOutOfRangeException e) {
            throw new AssertionError(e);
        }
        return payloads;
    }

    private static String payload(ByteBuffer record) {
        return StandardCharsets.UTF_8
                .decode(RecordCodec.decode(record).payload())
                .toString();
    }

    /** Closes in good order, without a last checkpoint. */
    @Override
    public void close() throws IOException {
        engine.close();
        directory.close();
    }
}
