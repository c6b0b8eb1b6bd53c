package io.mq.core.broker;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.storage.DataDirectory;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Whether there is room to take more messages. Publishing stops while some disk is left, so that commits, checkpoints
 * and retention go on, and starts again by itself. Safe for use by any thread.
 */
public final class DiskSpace {

    private static final Logger LOG = System.getLogger(DiskSpace.class.getName());
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final DataDirectory directory;
    private final long freeBytesMin;

    /** Whether applied messages already wait for the disk. */
    private final BooleanSupplier isStorageStalled;

    /** What a message takes at the most: its place in the journal and in its segment. */
    private static final int COPIES = 2;

    /** Taken since the disk was last looked at. */
    private final AtomicLong taken = new AtomicLong();

    /** Taken between the last two looks: some of it may have been on its way to the disk at the second. */
    private volatile long takenBefore;

    private volatile boolean isLow;
    private volatile long usableBytes = Long.MAX_VALUE;

    DiskSpace(DataDirectory directory, long freeBytesMin, BooleanSupplier isStorageStalled) {
        this.directory = directory;
        this.freeBytesMin = freeBytesMin;
        this.isStorageStalled = isStorageStalled;
    }

    /** Looks at the disk; to be called several times a second. */
    void refresh() throws IOException {
        takenBefore = taken.getAndSet(0);
        usableBytes = directory.usableBytes();
        boolean isLowNow = usableBytes < freeBytesMin;
        if (isLowNow != isLow) {
            isLow = isLowNow;
            LOG.log(
                    isLowNow ? Level.WARNING : Level.INFO,
                    isLowNow
                            ? "Only {0} bytes are free where {1} lies: publishing is refused until there are {2}"
                            : "{0} bytes are free again where {1} lies: publishing goes on",
                    usableBytes,
                    directory.root(),
                    freeBytesMin);
        }
    }

    public boolean isFull() {
        return isLow || isStorageStalled.getAsBoolean() || isRunningLow();
    }

    /** A fast producer fills a small disk between two looks at it. */
    private boolean isRunningLow() {
        return freeBytesMin > 0 && usableBytes - COPIES * (taken.get() + takenBefore) < freeBytesMin;
    }

    /** So many bytes are going to be written. */
    void take(int bytes) {
        taken.addAndGet(bytes);
    }

    /** Bytes that may still be written, when last looked. */
    public long usableBytes() {
        return usableBytes;
    }

    /** @throws BrokerException {@link Reason#DISK_FULL} */
    void requireRoom() {
        if (isFull()) {
            throw BrokerException.of(
                            Reason.DISK_FULL,
                            "the broker's disk has %d bytes free and keeps %d; consume and let retention free some, delete topics, or add space"
                                    .formatted(usableBytes, freeBytesMin),
                            Map.of("usable_bytes", Long.toString(usableBytes)))
                    .retryAfter(RETRY);
        }
    }
}
