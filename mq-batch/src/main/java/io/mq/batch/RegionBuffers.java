package io.mq.batch;

/**
 * Memory in which regions are restored to be looked at, a piece for each thread, used again for each region: one that
 * lives for as long as it takes to walk over it would keep the garbage collector busy.
 *
 * <p>Safe for use by any thread.
 */
public final class RegionBuffers {

    /** What is larger is a single large message, and not worth keeping room for. */
    static final int KEPT_BYTES_MAX = 1 << 20;

    private final ThreadLocal<byte[]> buffers = ThreadLocal.withInitial(() -> new byte[0]);

    /** At least so many bytes, with anything in them, valid until this thread asks for the next ones. */
    byte[] get(int bytes) {
        if (bytes > KEPT_BYTES_MAX) {
            return new byte[bytes];
        }
        byte[] buffer = buffers.get();
        if (buffer.length < bytes) {
            buffer = new byte[Math.min(KEPT_BYTES_MAX, Math.max(bytes, 2 * buffer.length))];
            buffers.set(buffer);
        }
        return buffer;
    }
}
