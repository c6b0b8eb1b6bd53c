package io.mq.batch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Chooses the partition of a message that does not name one. Equal keys share a partition, the same that Kafka's default
 * partitioner would choose, so that producers can move over; messages without a key take turns.
 *
 * <p>Safe for use by any thread.
 */
public final class Partitioner {

    private final AtomicInteger turn = new AtomicInteger();

    public int choose(Optional<ByteBuffer> key, int partitions) {
        if (partitions == 1) {
            return 0;
        }
        int number = key.map(Partitioner::murmur2).orElseGet(turn::getAndIncrement);
        return (number & Integer.MAX_VALUE) % partitions;
    }

    /**
     * MurmurHash2, 32 bits, with Kafka's seed. Source: Austin Appleby, smhasher, MurmurHash2.cpp.
     */
    static int murmur2(ByteBuffer key) {
        int m = 0x5bd1e995;
        ByteBuffer data = key.slice().order(ByteOrder.LITTLE_ENDIAN);
        int hash = 0x9747b28c ^ data.remaining();
        while (data.remaining() >= Integer.BYTES) {
            int k = data.getInt() * m;
            k ^= k >>> 24;
            hash = hash * m ^ k * m;
        }
        int rest = data.remaining();
        for (int i = rest - 1; i >= 0; i--) {
            hash ^= (data.get(data.position() + i) & 0xFF) << (8 * i);
        }
        if (rest > 0) {
            hash *= m;
        }
        hash ^= hash >>> 13;
        hash *= m;
        return hash ^ hash >>> 15;
    }
}
