package io.mq.core.delivery;

import io.mq.core.storage.SegmentLog;
import java.io.IOException;
import java.time.Instant;

/** Where a reader begins in a partition for which nothing is committed. */
public sealed interface StartPosition {

    StartPosition EARLIEST = new Earliest();
    StartPosition LATEST = new Latest();

    /** The offset in a log as it is now. */
    long resolve(SegmentLog log) throws IOException;

    /** With the oldest message that is kept. */
    record Earliest() implements StartPosition {

        @Override
        public long resolve(SegmentLog log) {
            return log.start();
        }
    }

    /** With the next message that arrives. */
    record Latest() implements StartPosition {

        @Override
        public long resolve(SegmentLog log) {
            return log.end();
        }
    }

    /** With this offset, or the log's start or end where it has no such offset. */
    record AtOffset(long offset) implements StartPosition {

        @Override
        public long resolve(SegmentLog log) {
            return Math.max(log.start(), Math.min(offset, log.end()));
        }
    }

    /** With the first message appended at this time or later. */
    record AtTime(Instant time) implements StartPosition {

        @Override
        public long resolve(SegmentLog log) throws IOException {
            return log.offsetAtTime(time.toEpochMilli());
        }
    }
}
