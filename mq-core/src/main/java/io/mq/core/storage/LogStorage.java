package io.mq.core.storage;

import io.mq.core.file.Disk;
import java.nio.ByteBuffer;

/**
 * What all logs of a node share. The gather buffer and the tails belong to the one thread that appends and flushes.
 *
 * @param gather where small batches are put together for one write
 * @param tails the newest batches
 */
public record LogStorage(OpenFiles files, ByteBuffer gather, TailCache tails) {

    /** Enough that the system call costs little beside the copy. */
    private static final int GATHER_BYTES = 256 << 10;

    /** @param tailBytesMax how much of the newest batches is kept in memory */
    public static LogStorage on(Disk disk, int openFilesMax, long tailBytesMax) {
        return new LogStorage(
                new OpenFiles(disk, openFilesMax),
                ByteBuffer.allocateDirect(GATHER_BYTES),
                new TailCache(tailBytesMax));
    }

    Disk disk() {
        return files.disk();
    }
}
