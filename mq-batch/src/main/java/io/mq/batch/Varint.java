package io.mq.batch;

import java.nio.ByteBuffer;

/** Protobuf's base-128 numbers. Source: protobuf.dev, "Encoding", section "Base 128 Varints". */
final class Varint {

    /** A length of up to 2^28 - 1, in four bytes whatever its value, so that it can be written before it is known. */
    static final int PADDED_LENGTH_BYTES = 4;

    static final int PADDED_LENGTH_MAX = (1 << 28) - 1;

    private Varint() {}

    static int sizeOf(int value) {
        return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
    }

    static void put(ByteBuffer target, int value) {
        int rest = value;
        while ((rest & ~0x7F) != 0) {
            target.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        target.put((byte) rest);
    }

    /**
     * Reads a number of at most 31 bits, such as a tag or a length.
     *
     * @return the number, or -1 where the bytes end early or say more
     */
    static int get(ByteBuffer source) {
        int value = 0;
        for (int shift = 0; shift < 32 && source.hasRemaining(); shift += 7) {
            byte b = source.get();
            if (shift == 28 && (b & 0x78) != 0) {
                return -1;
            }
            value |= (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
        return -1;
    }

    static void putPaddedLength(ByteBuffer target, int at, int value) {
        target.put(at, (byte) (value | 0x80));
        target.put(at + 1, (byte) (value >>> 7 | 0x80));
        target.put(at + 2, (byte) (value >>> 14 | 0x80));
        target.put(at + 3, (byte) (value >>> 21 & 0x7F));
    }

    /** Reads what {@link #putPaddedLength} wrote; -1 where the four bytes are not of that form. */
    static int getPaddedLength(ByteBuffer source, int at) {
        byte b0 = source.get(at);
        byte b1 = source.get(at + 1);
        byte b2 = source.get(at + 2);
        byte b3 = source.get(at + 3);
        if (b0 >= 0 || b1 >= 0 || b2 >= 0 || b3 < 0) {
            return -1;
        }
        return (b0 & 0x7F) | (b1 & 0x7F) << 7 | (b2 & 0x7F) << 14 | b3 << 21;
    }
}
