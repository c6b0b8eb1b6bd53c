package io.mq.core.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An open file, addressed by position. There is no file pointer, so readers and the one writer do not disturb each
 * other.
 *
 * <h2>Durability</h2>
 * Written bytes survive the process, and survive the machine only once {@link #force()} has returned.
 *
 * <h2>Threads</h2>
 * Any number of threads may read while one writes. A thread inside a call must never be interrupted: the JDK would
 * close the file under everyone else.
 *
 * <h2>Failure</h2>
 * After a failed {@link #write} or {@link #force()} the content past the last successful force is unknown. Callers do
 * not retry a force.
 */
public interface DiskFile extends Closeable {

    /**
     * Reads up to {@code target.remaining()} bytes.
     *
     * @return the number of bytes read, possibly fewer than asked, or -1 at the end of the file
     */
    int read(ByteBuffer target, long position) throws IOException;

    /**
     * Writes up to {@code source.remaining()} bytes; like the system call, it may write fewer.
     *
     * @return the number of bytes written
     */
    int write(ByteBuffer source, long position) throws IOException;

    /** Puts all written bytes, and the length, on the disk itself. */
    void force() throws IOException;

    void truncate(long size) throws IOException;

    long size() throws IOException;

    /** Writes all of {@code source}, looping on short writes. */
    default void writeFully(ByteBuffer source, long position) throws IOException {
        long at = position;
        while (source.hasRemaining()) {
            at += write(source, at);
        }
    }

    /**
     * Reads until {@code target} is full or the file ends.
     *
     * @return the number of bytes read
     */
    default int readFully(ByteBuffer target, long position) throws IOException {
        int total = 0;
        while (target.hasRemaining()) {
            int n = read(target, position + total);
            if (n < 0) {
                break;
            }
            total += n;
        }
        return total;
    }
}
