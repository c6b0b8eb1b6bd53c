package io.mq.core.storage;

/** An offset was asked for that the log does not have, or no longer has. */
public final class OffsetOutOfRangeException extends Exception {

    private final long start;
    private final long end;

    OffsetOutOfRangeException(long offset, long start, long end) {
        super("offset %d is outside the log, which has %d to %d".formatted(offset, start, end));
        this.start = start;
        this.end = end;
    }

    /** The first offset that the log has. */
    public long start() {
        return start;
    }

    /** The offset that the log will assign next. */
    public long end() {
        return end;
    }
}
