package io.mq.core.storage;

import io.mq.batch.Record;
import io.mq.batch.RecordBatch;
import io.mq.batch.RecordCodec;
import io.mq.batch.Records;
import io.mq.core.file.Disk;
import io.mq.core.file.SimulatedDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A partition's log on a simulated disk, with segments so small that there are several. */
public final class LogFixture {

    public static final Path DIRECTORY = Path.of("/log");
    public static final int SEGMENT_BYTES = 2048;
    public static final long TIME = 1_767_225_600_000L;

    /** Batches of one record with a payload of so many bytes have a size of 128 bytes. */
    public static final int PAYLOAD_BYTES = 42;

    private final SimulatedDisk disk;
    private final LogStorage storage;
    private final SegmentLog log;

    private LogFixture(SimulatedDisk disk, LogStorage storage, SegmentLog log) {
        this.disk = disk;
        this.storage = storage;
        this.log = log;
    }

    public static LogFixture create() throws IOException {
        return open(new SimulatedDisk(), LogState.NEW);
    }

    public static LogFixture open(SimulatedDisk disk, LogState state) throws IOException {
        return open(disk, disk, state);
    }

    /** @param seen the disk as the log sees it, which stands before {@code disk} */
    public static LogFixture open(SimulatedDisk disk, Disk seen, LogState state) throws IOException {
        return open(disk, seen, SEGMENT_BYTES, state);
    }

    public static LogFixture open(SimulatedDisk disk, Disk seen, int segmentBytes, LogState state) throws IOException {
        return open(disk, seen, segmentBytes, 0, state);
    }

    /** @param tailBytesMax how much of the newest batches is kept in memory; nothing, where a test does not say */
    public static LogFixture open(SimulatedDisk disk, Disk seen, int segmentBytes, long tailBytesMax, LogState state)
            throws IOException {
        // A buffer of its usual size would cost more than all else that a test does to a log.
        LogStorage storage =
                new LogStorage(new OpenFiles(seen, 16), ByteBuffer.allocate(700), new TailCache(tailBytesMax));
        return new LogFixture(disk, storage, SegmentLog.open(storage, DIRECTORY, segmentBytes, state));
    }

    public SimulatedDisk disk() {
        return disk;
    }

    public SegmentLog log() {
        return log;
    }

    public OpenFiles files() {
        return storage.files();
    }

    public static String payload(int number) {
        return "%-42s".formatted("record " + number);
    }

    /** Appends numbered records, each in a batch of its own, one millisecond apart, and flushes. */
    public LogFixture append(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            int number = (int) log.state().end();
            append(TIME + number, payload(number));
        }
        log.flush();
        return this;
    }

    /** Appends a batch without flushing it. */
    public void append(long timeMillis, String... payloads) throws IOException {
        RecordBatch batch =
                RecordBatch.of(Stream.of(payloads).map(Records::record).toList());
        batch.stampAppendTime(timeMillis);
        log.append(batch, 0);
    }

    /** What a checkpoint of now would restore; forced. */
    public LogState forced() throws IOException {
        log.force();
        return log.state();
    }

    /** The same log, opened anew from its files. */
    public LogFixture reopened(LogState state) throws IOException {
        return open(disk, state);
    }

    /** The same log after a recovery for which the journal had nothing. */
    public LogFixture recovered(LogState state) throws IOException {
        LogFixture recovered = reopened(state);
        recovered.log.completeRecovery();
        return recovered;
    }

    public List<Path> files(String suffix) {
        return disk.files().stream()
                .filter(path -> path.toString().endsWith(suffix))
                .toList();
    }

    /** The payloads from an offset to the end, read in pieces, each piece checked. */
    public List<String> payloadsFrom(long offset, int bytesMax) throws IOException, OffsetOutOfRangeException {
        List<String> payloads = new ArrayList<>();
        readInto(payloads, offset, bytesMax);
        return payloads;
    }

    /** Adds the payloads from an offset on, up to the end or to what cannot be read. */
    public void readInto(List<String> payloads, long offset, int bytesMax)
            throws IOException, OffsetOutOfRangeException {
        LogCursor cursor = new LogCursor(offset);
        for (LogSlice slice = log.read(cursor, bytesMax); !slice.isEmpty(); slice = log.read(cursor, bytesMax)) {
            int bytesBefore = 0;
            for (RecordBatch batch : slice.batches()) {
                List<ByteBuffer> records = batch.records();
                for (int i = (int) (cursor.nextOffset() - batch.baseOffset()); i < records.size(); i++) {
                    payloads.add(payload(RecordCodec.decode(records.get(i))));
                }
                bytesBefore += batch.sizeInBytes();
                cursor.moveTo(batch.nextOffset(), slice, bytesBefore);
            }
        }
    }

    public List<String> payloads() throws IOException, OffsetOutOfRangeException {
        return payloadsFrom(log.start(), 500);
    }

    private static String payload(Record record) {
        return StandardCharsets.UTF_8.decode(record.payload()).toString();
    }

    /** The payloads that {@link #append(int)} gives to these offsets. */
    public static List<String> expected(int fromInclusive, int toExclusive) {
        List<String> payloads = new ArrayList<>();
        for (int number = fromInclusive; number < toExclusive; number++) {
            payloads.add(payload(number));
        }
        return payloads;
    }
}
