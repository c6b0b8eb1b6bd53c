package io.mq.batch;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads protobuf fields from a stream without a buffer of its own, so that what follows a field stays in the stream.
 *
 * <p>Not thread-safe.
 */
public final class ProtoInput {

    /** Wire types. */
    public static final int VARINT = 0;

    public static final int FIXED64 = 1;
    public static final int LENGTH_DELIMITED = 2;
    public static final int FIXED32 = 5;

    private static final int VARINT_BYTES_MAX = 10;

    private final InputStream stream;
    private int remaining;

    /** @param length bytes of the message, which begins at the stream's position */
    public ProtoInput(InputStream stream, int length) {
        this.stream = stream;
        this.remaining = length;
    }

    public boolean hasRemaining() {
        return remaining > 0;
    }

    /** A tag, or another number of at most 32 bits; higher bits are dropped, as protobuf wants it. */
    public int varint() throws IOException {
        return (int) varint64();
    }

    public long varint64() throws IOException {
        long value = 0;
        for (int i = 0; i < VARINT_BYTES_MAX; i++) {
            int b = read();
            value |= (long) (b & 0x7F) << (7 * i);
            if (b < 0x80) {
                return value;
            }
        }
        throw malformed("a number of more than %d bytes".formatted(VARINT_BYTES_MAX));
    }

    private int read() throws IOException {
        take(1);
        int b = stream.read();
        if (b < 0) {
            throw new EOFException("the message ends early");
        }
        return b;
    }

    private void take(int bytes) {
        if (bytes > remaining) {
            throw malformed("a field goes %d bytes past the end".formatted(bytes - remaining));
        }
        remaining -= bytes;
    }

    /** The length before a length-delimited field's content, all of which is there. */
    public int length() throws IOException {
        int length = varint();
        if (length < 0 || length > remaining) {
            throw malformed("a field's length %d goes past the end".formatted(Integer.toUnsignedLong(length)));
        }
        return length;
    }

    /** Reads exactly so many bytes. */
    public void read(byte[] target, int at, int bytes) throws IOException {
        take(bytes);
        if (stream.readNBytes(target, at, bytes) < bytes) {
            throw new EOFException("the message ends early");
        }
    }

    /** The message whose length comes next; to be read to its end before this one is read on. */
    public ProtoInput message() throws IOException {
        int bytes = length();
        take(bytes);
        return new ProtoInput(stream, bytes);
    }

    /** Passes over a field whose tag has been read. */
    public void skip(int tag) throws IOException {
        switch (tag & 7) {
            case VARINT -> varint64();
            case FIXED64 -> skipBytes(8);
            case LENGTH_DELIMITED -> skipBytes(length());
            case FIXED32 -> skipBytes(4);
            default -> throw malformed("tag %d cannot be read".formatted(tag));
        }
    }

    private void skipBytes(int bytes) throws IOException {
        take(bytes);
        stream.skipNBytes(bytes);
    }

    private static InvalidBatchException malformed(String what) {
        return new InvalidBatchException("not an encoded protobuf message: " + what);
    }
}
