package io.mq.bench.peers.broker;

import java.nio.ByteBuffer;

/** Hears of what a consumer receives, on one thread, in order. */
public interface Deliveries {

    /** @param head the first 8 bytes of the payload, big endian */
    void delivered(long head);

    /** @param payload 8 bytes at least */
    default void delivered(byte[] payload) {
        delivered(ByteBuffer.wrap(payload).getLong(0));
    }

    /** The consumer has ended by itself. */
    void failed(Throwable cause);
}
