package io.mq.bench.peers.workload;

import java.nio.ByteBuffer;
import java.util.Random;

/** Payloads that no compression makes smaller. */
final class Payloads {

    private static final long SEED = 20_240_607;

    private Payloads() {}

    /** @param bytes 8 at least */
    static byte[] random(int bytes) {
        byte[] payload = new byte[bytes];
        new Random(SEED).nextBytes(payload);
        return payload;
    }

    /** A copy with another first 8 bytes. */
    static byte[] withHead(byte[] payload, long head) {
        byte[] copy = payload.clone();
        ByteBuffer.wrap(copy).putLong(0, head);
        return copy;
    }
}
