package io.mq.core.storage;

/**
 * A reader's place in a log: the next offset to read and, so that reading on needs no search, where its batch was last
 * found. Confined to its reader.
 */
public final class LogCursor {

    private static final long NO_HINT = -1;

    private long nextOffset;

    /** The segment in which {@link #position} is a place; NO_HINT where the place is not known. */
    private long segmentBase = NO_HINT;

    /** Where the batch with {@link #nextOffset} starts. */
    private int position;

    public LogCursor(long nextOffset) {
        this.nextOffset = nextOffset;
    }

    public long nextOffset() {
        return nextOffset;
    }

    /** Goes to any offset. */
    public void moveTo(long offset) {
        nextOffset = offset;
        segmentBase = NO_HINT;
    }

    /**
     * Goes to an offset whose place is known from a slice that was read.
     *
     * @param bytesBefore the slice's bytes before the batch that holds the offset
     */
    public void moveTo(long offset, LogSlice slice, int bytesBefore) {
        nextOffset = offset;
        segmentBase = slice.segmentBase();
        position = slice.position() + bytesBefore;
    }

    boolean hasHintFor(long segment) {
        return segmentBase == segment;
    }

    int position() {
        return position;
    }
}
