package io.mq.core.storage;

import io.mq.batch.RecordBatch;
import io.mq.core.file.CorruptFileException;
import io.mq.core.file.DiskFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The log of one partition: batches in segments, ascending offsets without a gap.
 *
 * <h2>Durability</h2>
 * None until {@link #force} or {@link #place}; the journal has everything that is not forced yet.
 *
 * <h2>Threads</h2>
 * One thread, the state machine's, appends, flushes and advances the start. Any thread reads, forces and deletes what is
 * obsolete.
 *
 * <h2>Failure</h2>
 * A full disk leaves appended batches in memory, invisible, until a later {@link #flush()} succeeds. Any other failed
 * write leaves the log unusable until it is recovered.
 */
public final class SegmentLog {

    private final LogStorage storage;
    private final Path directory;
    private final int segmentBytes;

    /** Ascending, never empty; the last is the active one. Replaced as a whole, under {@code this}. */
    private volatile LogSegment[] segments;

    /** The first offset that may be read. Invariant: start <= end. */
    private volatile long start;

    /** The offset after the last readable record. Invariant: end <= appended. */
    private volatile long end;

    /** The offset that the next record gets. Written by the state machine's thread only. */
    private volatile long appended;

    /** Written by the state machine's thread only. */
    private volatile long maxTimeMillis;

    /** Owned by the state machine's thread. Appended and not yet shown to readers; null while there is nothing. */
    private UnseenBatches unseen;

    private final LogTail tail = new LogTail();

    /** Owned by the state machine's thread. Whether the log's directory is known to be there. */
    private boolean hasDirectory;

    /** Owned by the state machine's thread. Null when it is complete. */
    private LogRecovery recovery;

    /**
     * The last checkpoint, which a recovery begins with: it appends to the active segment of then and reads from the start
     * of then, as long as it knows of no later one. So none of that may be deleted.
     */
    private volatile LogState checkpointed;

    /** Guarded by {@code this}. Written since they were last forced; null while there are none. */
    private List<LogSegment> unforced;

    private SegmentLog(LogStorage storage, Path directory, int segmentBytes, LogState state) throws IOException {
        this.storage = storage;
        this.directory = directory;
        this.segmentBytes = segmentBytes;
        this.recovery = new LogRecovery(storage, directory, state);
        this.segments = recovery.open();
        this.start = state.start();
        this.end = state.end();
        this.appended = state.end();
        this.maxTimeMillis = state.maxTimeMillis();
        this.checkpointed = state;
    }

    /**
     * Opens a log as a checkpoint knew it. What was written later stays in the files, unseen, for the replay of the
     * journal to find there what was placed; {@link #completeRecovery} must follow. A log without files is one that is
     * {@link LogState#NEW}; its directory comes with its first batch.
     *
     * @throws CorruptFileException where less is there than the checkpoint had forced
     */
    public static SegmentLog open(LogStorage storage, Path directory, int segmentBytes, LogState state)
            throws IOException {
        return new SegmentLog(storage, directory, segmentBytes, state);
    }

    /**
     * Call after a recovery has replayed the journal: gives up what the files hold beyond that.
     *
     * @throws CorruptFileException where a segment that should be there is not: one may be missing only if the log's
     *     start, which the replay has moved, lies behind it
     */
    public void completeRecovery() throws IOException {
        if (recovery != null) {
            recovery.complete(segments, start);
            recovery = null;
        }
    }

    public long start() {
        return start;
    }

    /** The offset after the last record that readers see. */
    public long end() {
        return end;
    }

    /** Bytes in all segments. */
    public long sizeInBytes() {
        long bytes = 0;
        for (LogSegment segment : segments) {
            bytes += segment.size();
        }
        return bytes;
    }

    /** When the youngest record was appended; 0 in a log that never had one. */
    public long maxTimeMillis() {
        return maxTimeMillis;
    }

    /**
     * Gives the batch its offsets and stamps it. It stays in memory, unseen, until {@link #flush()}.
     *
     * @return the offset of its first record
     */
    public long append(RecordBatch batch, int leaderEpoch) throws IOException {
        LogSegment active = segmentFor(batch.sizeInBytes());
        long baseOffset = appended;
        batch.stamp(baseOffset, leaderEpoch);
        active.reserve(batch);
        if (unseen == null) {
            unseen = new UnseenBatches();
        }
        unseen.add(active, batch);
        maxTimeMillis = Math.max(maxTimeMillis, batch.appendTimeMillis());
        appended = batch.nextOffset();
        return baseOffset;
    }

    /** The segment that a batch of this size goes to, started where the active one has no room. */
    private LogSegment segmentFor(int bytes) throws IOException {
        LogSegment active = active();
        boolean hasRoom = active.reserved() == 0 || (long) active.reserved() + bytes <= segmentBytes;
        return hasRoom ? active : roll();
    }

    /**
     * Reads, in a recovery, the batch that was {@linkplain #place placed} where the next one goes; {@link #append} is to
     * follow.
     *
     * @param header what the journal has of it
     * @throws CorruptFileException where it is not there
     */
    public RecordBatch readPlaced(ByteBuffer header) throws IOException {
        LogSegment segment = segmentFor(RecordBatch.frameSize(header, 0));
        long baseOffset = RecordBatch.wrap(header).baseOffset();
        if (baseOffset != appended) {
            throw new CorruptFileException(
                    segment.file(),
                    segment.reserved(),
                    "the journal has the batch of offset %d here, the log that of %d".formatted(baseOffset, appended));
        }
        return segment.readPlaced(header);
    }

    /**
     * Writes what was appended and shows it to readers.
     *
     * @return false where the disk is full; the call is to be repeated
     */
    public boolean flush() throws IOException {
        if (unseen == null) {
            return true;
        }
        if (!write()) {
            return false;
        }
        unseen.show(tail, storage.tails());
        unseen = null;
        end = appended;
        return true;
    }

    /** Answers false where the disk is full. */
    private boolean write() throws IOException {
        try {
            createDirectory();
            unseen.write(storage.gather(), this::addUnforced);
            return true;
        } catch (DiskFullException e) {
            return false;
        }
    }

    /**
     * Puts what was appended since the last flush on disk, the names of files included, if it is so many bytes. Readers
     * do not see it before the next flush.
     *
     * @return the batches on disk; none where they are fewer bytes, or where the disk is full
     */
    public List<RecordBatch> place(int bytesMin) throws IOException {
        List<RecordBatch> batches = unseen.unwritten();
        if (LogSlice.sizeOf(batches) < bytesMin || !write()) {
            return List.of();
        }
        List<LogSegment> written = unseen.segments();
        for (LogSegment segment : written) {
            segment.forceBatches();
        }
        if (!written.stream().allMatch(LogSegment::isNameForced)) {
            forceNames(written);
        }
        storage.files().requireNoFailedForce();
        return batches;
    }

    private void forceNames(List<LogSegment> created) throws IOException {
        storage.disk().forceDirectory(directory);
        created.forEach(LogSegment::nameForced);
    }

    private void createDirectory() throws IOException {
        if (!hasDirectory) {
            storage.disk().createDirectories(directory);
            hasDirectory = true;
        }
    }

    private synchronized void addUnforced(LogSegment segment) {
        if (unforced == null) {
            unforced = new ArrayList<>(2);
        }
        if (!unforced.contains(segment)) {
            unforced.add(segment);
        }
    }

    /**
     * Gives up all records below an offset. Their files go with {@link #deleteObsolete()}.
     *
     * @param newStart bounded by the log's end; at or below the present start it changes nothing
     */
    public void advanceStart(long newStart) throws IOException {
        if (newStart <= start) {
            return;
        }
        start = Math.min(newStart, appended);
        if (start == appended && active().reserved() > 0) {
            roll();
        }
    }

    private LogSegment active() {
        LogSegment[] all = segments;
        return all[all.length - 1];
    }

    private LogSegment roll() throws IOException {
        active().seal();
        LogSegment next = LogSegment.create(storage.files(), directory, appended, maxTimeMillis);
        synchronized (this) {
            LogSegment[] more = Arrays.copyOf(segments, segments.length + 1);
            more[more.length - 1] = next;
            segments = more;
        }
        return next;
    }

    /**
     * Reads from the cursor on; it stays where it is.
     *
     * @param bytesMax what to stay below, except that one whole batch is always read
     * @return empty at the log's end
     * @throws OffsetOutOfRangeException where the cursor is below the start or beyond the end
     * @throws CorruptFileException where stored bytes are damaged or missing
     */
    public LogSlice read(LogCursor cursor, int bytesMax) throws IOException, OffsetOutOfRangeException {
        return read(cursor, bytesMax, ByteBuffer::allocate);
    }

    /**
     * Reads as {@link #read(LogCursor, int)} does, into a buffer of the caller's.
     *
     * @param buffers gives an empty buffer of a size, on the heap
     */
    public LogSlice read(LogCursor cursor, int bytesMax, IntFunction<ByteBuffer> buffers)
            throws IOException, OffsetOutOfRangeException {
        long offset = cursor.nextOffset();
        if (offset < start || offset > end) {
            throw new OffsetOutOfRangeException(offset, start, end);
        }
        if (offset == end) {
            return LogSlice.EMPTY;
        }
        LogSlice newest = tail.read(offset, bytesMax, buffers);
        if (!newest.isEmpty()) {
            return newest;
        }
        LogSegment segment = segmentWith(offset);
        try {
            LogSlice slice = segment.read(cursor, bytesMax, buffers);
            if (!slice.isEmpty()) {
                return slice;
            }
        } catch (NoSuchFileException e) {
            // The start may have moved meanwhile, and the file gone with it.
            if (offset < start) {
                throw new OffsetOutOfRangeException(offset, start, end);
            }
        }
        throw new CorruptFileException(
                segment.file(), segment.size(), "offset %d expected in this segment, not found".formatted(offset));
    }

    /**
     * Reads as {@link #read(LogCursor, int, IntFunction)} does, but never waits for the disk.
     *
     * @return empty also where the cursor is out of range, and where what follows it is not in memory
     */
    public LogSlice readTail(LogCursor cursor, int bytesMax, IntFunction<ByteBuffer> buffers) {
        long offset = cursor.nextOffset();
        return offset < start || offset >= end ? LogSlice.EMPTY : tail.read(offset, bytesMax, buffers);
    }

    private LogSegment segmentWith(long offset) {
        LogSegment[] all = segments;
        int low = 0;
        int high = all.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (all[middle].baseOffset() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return all[low];
    }

    /** The first offset appended at {@code timeMillis} or later; the log's end where all are older. */
    public long offsetAtTime(long timeMillis) throws IOException {
        long limit = end;
        LogSegment[] all = segments;
        for (int i = 0; i < all.length; i++) {
            try {
                long offset = all[i].size() == 0 ? -1 : all[i].offsetAtTime(timeMillis);
                if (offset >= 0) {
                    return Math.max(offset, start);
                }
            } catch (NoSuchFileException e) {
                boolean isGivenUp = i + 1 < all.length && all[i + 1].baseOffset() <= start;
                if (!isGivenUp) {
                    throw e;
                }
            }
        }
        return limit;
    }

    /** The pieces that retention may give up, oldest first. */
    public List<LogPiece> pieces() {
        LogSegment[] all = segments;
        List<LogPiece> pieces = new ArrayList<>(all.length);
        for (int i = 0; i < all.length; i++) {
            boolean isLast = i == all.length - 1;
            long next = isLast ? end : all[i + 1].baseOffset();
            if (next > start && all[i].size() > 0) {
                LogSegment follower = isLast || all[i + 1].size() == 0 ? null : all[i + 1];
                pieces.add(new LogPiece(next, all[i].size(), follower, maxTimeMillis));
            }
        }
        return pieces;
    }

    /** What a checkpoint has to keep. Call it on the state machine's thread, with nothing unwritten. */
    public LogState state() {
        LogSegment active = active();
        return new LogState(start, appended, active.baseOffset(), active.reserved(), maxTimeMillis);
    }

    /** Puts everything written so far on disk, file names included. */
    public void force() throws IOException {
        storage.files().requireNoFailedForce();
        List<LogSegment> written;
        synchronized (this) {
            written = unforced == null ? List.of() : unforced;
            unforced = null;
        }
        for (LogSegment segment : written) {
            try {
                segment.force();
            } catch (NoSuchFileException e) {
                // Given up and deleted meanwhile.
            }
        }
        if (!written.isEmpty()) {
            forceNames(written);
        }
        storage.files().requireNoFailedForce();
    }

    /** Says that a durable checkpoint holds this state, so that older segments are not needed to recover it. */
    public void checkpointed(LogState state) {
        checkpointed = state;
    }

    /** Deletes the segments that lie wholly below the start of the last checkpoint, which no recovery needs. */
    public void deleteObsolete() throws IOException {
        for (LogSegment segment : takeObsolete()) {
            segment.delete();
        }
    }

    private synchronized List<LogSegment> takeObsolete() {
        LogSegment[] all = segments;
        LogState needed = checkpointed;
        int count = 0;
        while (count < all.length - 1
                && all[count + 1].baseOffset() <= needed.start()
                && all[count].baseOffset() < needed.activeBase()) {
            count++;
        }
        segments = Arrays.copyOfRange(all, count, all.length);
        return List.of(all).subList(0, count);
    }

    /** The segments as they are now, for the scrubber. */
    LogSegment[] segments() {
        return segments;
    }

    /** Deletes all files. Readers find that all was given up. Call it when no more commands reach this log. */
    public void delete() throws IOException {
        start = end;
        for (LogSegment segment : segments) {
            segment.delete();
        }
        storage.disk().deleteTree(directory);
    }
}
