package io.mq.bench.micro;

import io.mq.batch.Compression;
import io.mq.bench.server.Directories;
import io.mq.core.file.NioDisk;
import io.mq.core.storage.LogCursor;
import io.mq.core.storage.LogSlice;
import io.mq.core.storage.LogState;
import io.mq.core.storage.LogStorage;
import io.mq.core.storage.OffsetOutOfRangeException;
import io.mq.core.storage.SegmentLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** Reading on in a log that lies in the page cache, all checksums checked; per read. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SegmentReadBenchmark {

    private static final int BATCHES = 1000;
    private static final int SEGMENT_BYTES = 64 << 20;

    @Param({"65536", "1048576"})
    private int bytes;

    private Path directory;
    private SegmentLog log;
    private LogCursor cursor;
    private ByteBuffer buffer;

    @Setup
    public void write() throws IOException {
        directory = Files.createTempDirectory("mq-micro");
        log = SegmentLog.open(
                LogStorage.on(new NioDisk(), 100, 0), directory.resolve("log"), SEGMENT_BYTES, LogState.NEW);
        for (int i = 0; i < BATCHES; i++) {
            log.append(Batches.batch(Compression.NONE), 0);
        }
        log.flush();
        cursor = new LogCursor(0);
        buffer = ByteBuffer.allocate(1 << 20);
    }

    @TearDown
    public void delete() throws IOException {
        log.delete();
        Directories.delete(directory);
    }

    @Benchmark
    public LogSlice read() throws IOException, OffsetOutOfRangeException {
        LogSlice slice =
                log.read(cursor, bytes, size -> buffer.clear().limit(size).slice());
        if (slice.nextOffset() == log.end()) {
            cursor.moveTo(0);
        } else {
            cursor.moveTo(slice.nextOffset(), slice, slice.sizeInBytes());
        }
        return slice;
    }
}
