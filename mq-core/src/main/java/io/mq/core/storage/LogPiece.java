package io.mq.core.storage;

import java.io.IOException;

/** A part of a log that can be given up as a whole: one segment. */
public final class LogPiece {

    private final long nextOffset;
    private final long bytes;

    /** The segment behind this one; null behind the last one that holds something. */
    private final LogSegment follower;

    private final long maxTimeMillis;

    LogPiece(long nextOffset, long bytes, LogSegment follower, long maxTimeMillis) {
        this.nextOffset = nextOffset;
        this.bytes = bytes;
        this.follower = follower;
        this.maxTimeMillis = maxTimeMillis;
    }

    /** The log's start if this piece, and all before it, are given up. */
    public long nextOffset() {
        return nextOffset;
    }

    /** What giving it up frees. */
    public long bytes() {
        return bytes;
    }

    /** A time at or after that of its last record, as far as the clock never went back; may read from the disk. */
    public long lastTimeMillis() throws IOException {
        return follower == null ? maxTimeMillis : follower.firstAppendTime();
    }
}
