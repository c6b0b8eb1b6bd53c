package io.mq.core.storage;

import io.mq.core.file.Disk;
import java.nio.ByteBuffer;

/**
 * What all logs of a node share. The gather buffer belongs to the one thread that appends and flushes.
 *
 * @param gather where small batches are put together for one write
 */
public record LogStorage(OpenFiles files, ByteBuffer gather) {

    /** Enough that the system call costs little beside the copy. */
    private static final int GATHER_BYTES = 256 << 10;

    public static LogStorage on(Disk disk, int openFilesMax) {
        return new LogStorage(new OpenFiles(disk, openFilesMax), ByteBuffer.allocateDirect(GATHER_BYTES));
    }

    Disk disk() {
        return files.disk();
    }
}
