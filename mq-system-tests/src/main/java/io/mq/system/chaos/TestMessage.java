package io.mq.system.chaos;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.Random;

/**
 * A message whose whole content follows from who sent it and its number, so that one damaged byte shows.
 *
 * @param sequence counts a producer's messages from 0 on
 */
record TestMessage(long seed, int producer, long sequence) {

    private static final int HEADER_BYTES = Integer.BYTES + Long.BYTES;
    private static final int SMALL_BYTES_MAX = 300;
    private static final int MEDIUM_BYTES_MAX = 60_000;

    /** Some of them are so large that the journal only refers to them. */
    private static final int LARGE_BYTES_MAX = 400_000;

    ByteString payload() {
        Random random = new Random(seed * 31 + producer * 1_000_003L + sequence);
        byte[] filler = new byte[fillerBytes(random)];
        random.nextBytes(filler);
        ByteBuffer payload = ByteBuffer.allocate(HEADER_BYTES + filler.length);
        payload.putInt(producer).putLong(sequence).put(filler);
        return ByteString.copyFrom(payload.flip());
    }

    private static int fillerBytes(Random random) {
        int dice = random.nextInt(1000);
        if (dice < 3) {
            return random.nextInt(LARGE_BYTES_MAX);
        }
        return random.nextInt(dice < 20 ? MEDIUM_BYTES_MAX : SMALL_BYTES_MAX);
    }

    /** The message that these bytes claim to be; compare its payload with them. */
    static TestMessage claimedBy(ByteString payload, long seed) {
        ByteBuffer header = payload.asReadOnlyByteBuffer();
        return header.remaining() < HEADER_BYTES
                ? new TestMessage(seed, -1, -1)
                : new TestMessage(seed, header.getInt(), header.getLong());
    }

    boolean is(ByteString found) {
        return payload().equals(found);
    }
}
