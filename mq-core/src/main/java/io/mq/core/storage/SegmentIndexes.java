package io.mq.core.storage;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The two indexes of one segment: positions by offset, offsets by time. One thread adds; any number look up.
 */
final class SegmentIndexes {

    private static final String OFFSETS_SUFFIX = ".index";
    private static final String TIMES_SUFFIX = ".timeindex";

    /** A search reads at most about this much beyond what the index knows. */
    private static final int INTERVAL_BYTES = 16 << 10;

    private final SparseIndex offsets;
    private final SparseIndex times;

    /** Owned by the writer. Position of the last batch that has an entry. */
    private int lastPosition = -INTERVAL_BYTES;

    /** Owned by the writer. The highest time of all batches so far: clocks may go back, keys may not. */
    private long maxTime;

    /** Owned by the writer. */
    private long lastTimeKey;

    private SegmentIndexes(
            OpenFiles files, Path directory, long segmentBase, int sizeLimit, long endLimit, long maxTime) {
        this.offsets = new SparseIndex(files, LogSegment.fileOf(directory, segmentBase, OFFSETS_SUFFIX), sizeLimit);
        this.times = new SparseIndex(files, LogSegment.fileOf(directory, segmentBase, TIMES_SUFFIX), endLimit);
        this.maxTime = maxTime;
        this.lastTimeKey = maxTime;
    }

    /** Indexes of a segment whose size, end offset and highest time are known; entries beyond them are not believed. */
    static SegmentIndexes growing(
            OpenFiles files, Path directory, long segmentBase, int size, long endOffset, long maxTime) {
        return new SegmentIndexes(files, directory, segmentBase, size, endOffset, maxTime);
    }

    /** Indexes of a segment to which nothing is added any more. */
    static SegmentIndexes sealed(OpenFiles files, Path directory, long segmentBase) {
        return new SegmentIndexes(files, directory, segmentBase, Integer.MAX_VALUE, Long.MAX_VALUE, 0);
    }

    /** Notes a batch, and gives it entries where they are due. */
    void add(int position, long baseOffset, long appendTimeMillis) {
        maxTime = Math.max(maxTime, appendTimeMillis);
        if (position - lastPosition < INTERVAL_BYTES) {
            return;
        }
        lastPosition = position;
        offsets.add(baseOffset, position);
        if (maxTime > lastTimeKey) {
            lastTimeKey = maxTime;
            times.add(maxTime, baseOffset);
        }
    }

    /** Where a batch starts that is not behind the one that holds {@code offset}. */
    int positionBefore(long offset) throws IOException {
        return (int) offsets.floor(offset, 0);
    }

    /** An offset up to which all records were appended before {@code timeMillis}; {@code otherwise} where none is known. */
    long offsetBefore(long timeMillis, long otherwise) throws IOException {
        // Times need not ascend, but the keys are running maxima.
        return times.floor(timeMillis - 1, otherwise);
    }

    void flushIfMany() throws IOException {
        offsets.flushIfMany();
        times.flushIfMany();
    }

    void flush() throws IOException {
        offsets.flush();
        times.flush();
    }

    /** Drops what points past what the segment held when it was opened. */
    void cutBack() throws IOException {
        offsets.cutBack();
        times.cutBack();
    }

    boolean isMissing() throws IOException {
        return offsets.isMissing() || times.isMissing();
    }

    void delete() throws IOException {
        offsets.delete();
        times.delete();
    }
}
