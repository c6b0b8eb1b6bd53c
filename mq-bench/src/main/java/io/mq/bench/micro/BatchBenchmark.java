package io.mq.bench.micro;

import io.mq.batch.BatchBuilder;
import io.mq.batch.BatchParser;
import io.mq.batch.Compression;
import io.mq.batch.ProtoInput;
import io.mq.batch.Record;
import io.mq.batch.RecordBatch;
import io.mq.batch.RecordCodec;
import io.mq.batch.RegionBuffers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Making, checking and reading batches; per message. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Batches.MESSAGES)
public class BatchBenchmark {

    private static final int BYTES_MAX = 1 << 20;

    @Param({"NONE", "LZ4", "ZSTD"})
    private Compression compression;

    private final RegionBuffers buffers = new RegionBuffers();
    private BatchBuilder builder;
    private List<Record> records;
    private RecordBatch batch;
    private byte[] message;

    @Setup
    public void prepare() {
        builder = new BatchBuilder(compression);
        records = IntStream.range(0, Batches.MESSAGES).mapToObj(Batches::record).toList();
        batch = Batches.batch(compression);
        message = Batches.message(compression);
    }

    @Benchmark
    public RecordBatch build() {
        records.forEach(builder::add);
        return builder.build();
    }

    /** What a server does with a batch that comes in. */
    @Benchmark
    public RecordBatch parseAndCheck() throws IOException {
        RecordBatch parsed = BatchParser.parse(new ProtoInput(new ByteArrayInputStream(message), message.length));
        parsed.requireSound(BYTES_MAX, BYTES_MAX);
        return parsed;
    }

    /** The same where the topic has compressed batches validated. */
    @Benchmark
    public RecordBatch parseCheckAndRestore() throws IOException {
        RecordBatch parsed = parseAndCheck();
        parsed.requireSoundRestored(BYTES_MAX, buffers);
        return parsed;
    }

    /** What a consumer does with a batch that comes in, but for its checksums. */
    @Benchmark
    public void readPayloads(Blackhole blackhole) {
        for (ByteBuffer record : batch.records()) {
            blackhole.consume(RecordCodec.payload(record));
        }
    }
}
