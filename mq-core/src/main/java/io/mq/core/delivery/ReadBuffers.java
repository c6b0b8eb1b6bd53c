package io.mq.core.delivery;

import java.nio.ByteBuffer;
import java.util.function.IntFunction;

/**
 * A buffer for each thread that reads for subscribers, used again for each read: pieces of a megabyte that live for as
 * long as it takes to copy them to a socket's buffers would keep the garbage collector busy.
 *
 * <p>Safe for use by any thread.
 */
public final class ReadBuffers implements IntFunction<ByteBuffer> {

    /** What is larger is a single large message, and not worth keeping room for. */
    private static final int BYTES_MAX = 1 << 20;

    private final ThreadLocal<ByteBuffer> buffers = ThreadLocal.withInitial(() -> ByteBuffer.allocate(0));

    /** An empty buffer, valid until this thread asks for the next one. */
    @Override
    public ByteBuffer apply(int bytes) {
        if (bytes > BYTES_MAX) {
            return ByteBuffer.allocate(bytes);
        }
        ByteBuffer buffer = buffers.get();
        if (buffer.capacity() < bytes) {
            buffer = ByteBuffer.allocate(Math.min(BYTES_MAX, Math.max(bytes, 2 * buffer.capacity())));
            buffers.set(buffer);
        }
        return buffer.clear().limit(bytes).slice();
    }
}
