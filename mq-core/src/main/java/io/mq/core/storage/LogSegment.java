package io.mq.core.storage;

import io.mq.batch.RecordBatch;
import io.mq.core.file.CorruptFileException;
import io.mq.core.file.NumberedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * One file of a partition's log, named by the offset of its first record, with its two indexes beside it. Batches
 * follow each other without gap or padding; the file's format is that of {@link RecordBatch}.
 *
 * <p>One thread writes; any number of threads read what {@link #size()} covers.
 */
final class LogSegment {

    private static final String LOG_SUFFIX = ".log";

    private final OpenFiles files;
    private final Path directory;
    private final Path file;
    private final long baseOffset;

    /** Bytes that readers may read. Only grows. */
    private volatile int size;

    /** Owned by the writer. Bytes in the file. Invariant: size <= written <= reserved. */
    private int written;

    /** Owned by the writer. Bytes that have been given a place, whether or not they are written yet. */
    private int reserved;

    /** Whether a power cut leaves the file its name. */
    private volatile boolean isNameForced;

    /** Owned by the writer. */
    private boolean isSealed;

    /** The indexes while the segment grows; null when it is complete, so that an old segment costs next to no memory. */
    private volatile SegmentIndexes growing;

    private LogSegment(OpenFiles files, Path directory, long baseOffset, int size, SegmentIndexes growing) {
        this.files = files;
        this.directory = directory;
        this.file = logFile(directory, baseOffset);
        this.baseOffset = baseOffset;
        this.size = size;
        this.written = size;
        this.reserved = size;
        // What a checkpoint knows of is forced, its name included.
        this.isNameForced = size > 0;
        this.growing = growing;
    }

    /** A segment that has no file yet. */
    static LogSegment create(OpenFiles files, Path directory, long baseOffset, long maxTime) {
        return active(files, directory, baseOffset, 0, baseOffset, maxTime);
    }

    /**
     * The segment that is being written.
     *
     * @param size bytes that it holds
     * @param endOffset the offset after its last record
     * @param maxTime no record up to here is younger
     */
    static LogSegment active(OpenFiles files, Path directory, long baseOffset, int size, long endOffset, long maxTime) {
        SegmentIndexes indexes = SegmentIndexes.growing(files, directory, baseOffset, size, endOffset, maxTime);
        return new LogSegment(files, directory, baseOffset, size, indexes);
    }

    /** A segment to which nothing is added any more. */
    static LogSegment sealed(OpenFiles files, Path directory, long baseOffset, int size) {
        return new LogSegment(files, directory, baseOffset, size, null);
    }

    /** A file of the segment that begins with an offset. */
    static Path fileOf(Path directory, long baseOffset, String suffix) {
        return directory.resolve(NumberedFile.name(baseOffset, suffix));
    }

    /** The file of the segment that begins with an offset. */
    static Path logFile(Path directory, long baseOffset) {
        return fileOf(directory, baseOffset, LOG_SUFFIX);
    }

    static boolean isLog(Path file) {
        return NumberedFile.hasSuffix(file, LOG_SUFFIX);
    }

    Path file() {
        return file;
    }

    long baseOffset() {
        return baseOffset;
    }

    int size() {
        return size;
    }

    int reserved() {
        return reserved;
    }

    /** Gives a stamped batch its place and notes it in the indexes, where one is due. */
    void reserve(RecordBatch batch) {
        growing.add(reserved, batch.baseOffset(), batch.appendTimeMillis());
        reserved += batch.sizeInBytes();
    }

    /** Writes batches that were reserved, in their order; readers do not see them before {@link #show}. */
    void write(List<RecordBatch> batches, ByteBuffer gather) throws IOException {
        try (OpenFiles.Lease lease = files.acquireOrCreate(file)) {
            lease.markDirty();
            int position = written;
            gather.clear();
            for (RecordBatch batch : batches) {
                if (batch.sizeInBytes() > gather.remaining()) {
                    position += drain(gather, lease, position);
                }
                if (batch.sizeInBytes() > gather.remaining()) {
                    lease.file().writeFully(batch.bytes(), position);
                    position += batch.sizeInBytes();
                } else {
                    gather.put(batch.bytes());
                }
            }
            written = position + drain(gather, lease, position);
        }
    }

    /** Shows readers what is written. */
    void show() throws IOException {
        size = written;
        growing.flushIfMany();
        closeIndexesIfComplete();
    }

    private static int drain(ByteBuffer gather, OpenFiles.Lease lease, int position) throws IOException {
        int bytes = gather.flip().remaining();
        lease.file().writeFully(gather, position);
        gather.clear();
        return bytes;
    }

    /** Puts the segment on disk, and what its indexes collected into their files. */
    void force() throws IOException {
        SegmentIndexes indexes = growing;
        if (indexes != null) {
            indexes.flush();
        }
        forceBatches();
    }

    /** Puts what is written on disk; the file's name only if {@link #isNameForced}. */
    void forceBatches() throws IOException {
        try (OpenFiles.Lease lease = files.acquire(file)) {
            lease.force();
        }
    }

    boolean isNameForced() {
        return isNameForced;
    }

    /** Notes that the directory was forced after the file was created. */
    void nameForced() {
        isNameForced = true;
    }

    /** Says that nothing more will be reserved. */
    void seal() throws IOException {
        isSealed = true;
        closeIndexesIfComplete();
    }

    private void closeIndexesIfComplete() throws IOException {
        if (isSealed && size == reserved) {
            growing.flush();
            growing = null;
        }
    }

    /**
     * Reads whole batches, each checked, starting with the one that holds the cursor's offset.
     *
     * @param bytesMax what to stay below, except that the first batch is always read
     * @param buffers gives an empty buffer of a size, for the slice to be in
     * @return the batches; empty where the segment ends before the cursor
     * @throws CorruptFileException where a batch is damaged or missing
     */
    LogSlice read(LogCursor cursor, int bytesMax, IntFunction<ByteBuffer> buffers) throws IOException {
        int end = size;
        try (OpenFiles.Lease lease = files.acquire(file)) {
            int from = cursor.hasHintFor(baseOffset) ? cursor.position() : find(lease, cursor.nextOffset(), end);
            if (from >= end) {
                return LogSlice.EMPTY;
            }
            int length = Math.min(Math.max(bytesMax, RecordBatch.HEADER_BYTES), end - from);
            ByteBuffer bytes = readAt(lease, from, buffers.apply(length));
            int first = RecordBatch.frameSize(bytes, 0);
            if (first > bytes.limit() && first <= end - from) {
                bytes = readAt(lease, from, buffers.apply(first));
            }
            List<RecordBatch> batches = checkedBatches(bytes, from, cursor.nextOffset());
            return new LogSlice(baseOffset, from, batches, bytes.slice(0, LogSlice.sizeOf(batches)));
        }
    }

    /**
     * Reads the batch that an earlier process placed where the next one goes.
     *
     * @param header what the journal has of it
     * @throws CorruptFileException where it is not there
     */
    RecordBatch readPlaced(ByteBuffer header) throws IOException {
        try (OpenFiles.Lease lease = files.acquire(file)) {
            ByteBuffer bytes = readAt(lease, reserved, ByteBuffer.allocate(RecordBatch.frameSize(header, 0)));
            if (!bytes.slice(0, RecordBatch.HEADER_BYTES).equals(header)) {
                throw new CorruptFileException(file, reserved, "batch header differs from what the journal has of it");
            }
            return check(bytes, reserved, RecordBatch.wrap(header).baseOffset());
        } catch (NoSuchFileException e) {
            throw new CorruptFileException(file, reserved, "the journal has a batch here, but the file is missing");
        }
    }

    private List<RecordBatch> checkedBatches(ByteBuffer bytes, int position, long wantedOffset)
            throws CorruptFileException {
        List<RecordBatch> batches = new ArrayList<>();
        long expected = wantedOffset;
        for (int at = 0; at < bytes.limit(); ) {
            int rest = bytes.limit() - at;
            int length = RecordBatch.frameSize(bytes, at);
            if (at > 0 && (rest < RecordBatch.HEADER_BYTES || length > rest)) {
                break;
            }
            // A length that cannot be makes the check fail on what is there instead.
            int bounded = length < 0 || length > rest ? rest : length;
            RecordBatch batch = check(bytes.slice(at, bounded), position + at, expected);
            batches.add(batch);
            expected = batch.nextOffset();
            at += bounded;
        }
        return batches;
    }

    /** @param wantedOffset an offset that the batch must hold */
    private RecordBatch check(ByteBuffer bytes, int position, long wantedOffset) throws CorruptFileException {
        RecordBatch batch = RecordBatch.wrap(bytes);
        Optional<String> damage = batch.damage();
        if (damage.isPresent()) {
            throw new CorruptFileException(file, position, damage.get());
        }
        if (wantedOffset < batch.baseOffset() || wantedOffset >= batch.nextOffset()) {
            throw new CorruptFileException(
                    file,
                    position,
                    "batch with offset %d expected, found offsets %d to %d"
                            .formatted(wantedOffset, batch.baseOffset(), batch.nextOffset() - 1));
        }
        return batch;
    }

    /** Fills a buffer. */
    private ByteBuffer readAt(OpenFiles.Lease lease, int position, ByteBuffer bytes) throws IOException {
        lease.file().readFully(bytes, position);
        if (bytes.hasRemaining()) {
            throw new CorruptFileException(
                    file,
                    position + bytes.position(),
                    "segment file ends here, expected %d bytes".formatted(position + bytes.limit()));
        }
        return bytes.flip();
    }

    /** Where the batch that holds {@code offset} starts; {@code end} where there is none. */
    private int find(OpenFiles.Lease lease, long offset, int end) throws IOException {
        BatchScanner scanner = scannerBefore(lease, offset, end);
        scanner.seek(offset);
        return scanner.position();
    }

    /** A scanner that stands at or before the batch that holds {@code offset}. */
    private BatchScanner scannerBefore(OpenFiles.Lease lease, long offset, int end) throws IOException {
        return new BatchScanner(file, lease.file(), indexes(lease).positionBefore(offset), end);
    }

    private SegmentIndexes indexes(OpenFiles.Lease lease) throws IOException {
        SegmentIndexes indexes = growing;
        if (indexes != null) {
            return indexes;
        }
        SegmentIndexes stored = SegmentIndexes.sealed(files, directory, baseOffset);
        if (stored.isMissing()) {
            rebuildIndexes(lease, stored);
        }
        return stored;
    }

    private synchronized void rebuildIndexes(OpenFiles.Lease lease, SegmentIndexes missing) throws IOException {
        if (!missing.isMissing()) {
            return;
        }
        missing.delete();
        BatchScanner scanner = new BatchScanner(file, lease.file(), 0, size);
        for (; scanner.hasBatch(); scanner.advance()) {
            missing.add(scanner.position(), scanner.batchBaseOffset(), scanner.appendTimeMillis());
        }
        missing.flush();
    }

    /**
     * The first offset in this segment that was appended at {@code timeMillis} or later.
     *
     * @return -1 where all are older
     */
    long offsetAtTime(long timeMillis) throws IOException {
        int end = size;
        try (OpenFiles.Lease lease = files.acquire(file)) {
            long from = indexes(lease).offsetBefore(timeMillis, baseOffset);
            BatchScanner scanner = scannerBefore(lease, from, end);
            for (; scanner.hasBatch(); scanner.advance()) {
                if (scanner.appendTimeMillis() >= timeMillis) {
                    return scanner.batchBaseOffset();
                }
            }
            return -1;
        }
    }

    /** When the first record of this segment was appended. */
    long firstAppendTime() throws IOException {
        try (OpenFiles.Lease lease = files.acquire(file)) {
            return new BatchScanner(file, lease.file(), 0, size).appendTimeMillis();
        }
    }

    /**
     * Checks the batches that start in the {@code bytesMax} bytes after a batch's start, at least one.
     *
     * @return where to go on; {@link #size()} when all is checked
     * @throws CorruptFileException for the first damaged one
     */
    int verify(int from, int bytesMax) throws IOException {
        try (OpenFiles.Lease lease = files.acquire(file)) {
            BatchScanner scanner = new BatchScanner(file, lease.file(), from, size);
            while (scanner.hasBatch() && scanner.position() - from < bytesMax) {
                check(scanner.batch(), scanner.position(), scanner.batchBaseOffset());
                scanner.advance();
            }
            return scanner.position();
        }
    }

    /** Cuts off what lies behind the bytes that have been given a place, and what the indexes say of it. */
    void cutBack() throws IOException {
        if (!files.disk().exists(file) || files.disk().size(file) <= reserved) {
            return;
        }
        try (OpenFiles.Lease lease = files.acquire(file)) {
            lease.file().truncate(reserved);
        }
        SegmentIndexes indexes = growing;
        if (indexes != null) {
            indexes.cutBack();
        }
    }

    void delete() throws IOException {
        SegmentIndexes.sealed(files, directory, baseOffset).delete();
        files.forget(file);
        files.disk().delete(file);
    }
}
