package io.mq.batch;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;

/**
 * How a batch's records region is compressed, as a whole: LZ4 as one block (lz4 Block Format Description), ZSTD as one
 * frame (RFC 8878). The number is what the batch's attributes hold and never changes.
 */
public enum Compression {
    NONE(0),
    LZ4(1),
    ZSTD(2);

    /** The library's own default: as fast as LZ4's better levels, and a good deal smaller. */
    private static final int ZSTD_LEVEL = 3;

    private final int number;

    Compression(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** @throws InvalidBatchException where there is no such codec */
    static Compression of(int number) {
        return switch (number) {
            case 0 -> NONE;
            case 1 -> LZ4;
            case 2 -> ZSTD;
            default ->
                throw new InvalidBatchException(
                        "attributes: expected codec 0 (none), 1 (LZ4) or 2 (ZSTD) and no other bits, found %08x"
                                .formatted(number));
        };
    }

    /** The most that a region of this size may take when it is compressed; not for NONE. */
    int sizeMax(int uncompressedSize) {
        return switch (this) {
            case NONE -> throw new IllegalStateException("NONE does not compress");
            case LZ4 -> Lz4.FACTORY.fastCompressor().maxCompressedLength(uncompressedSize);
            case ZSTD -> Math.toIntExact(Zstd.compressBound(uncompressedSize));
        };
    }

    /**
     * Compresses into another array; not for NONE.
     *
     * @return how many bytes were written
     */
    int compress(byte[] source, int from, int length, byte[] target, int at) {
        return switch (this) {
            case NONE -> throw new IllegalStateException("NONE does not compress");
            case LZ4 -> Lz4.FACTORY.fastCompressor().compress(source, from, length, target, at);
            case ZSTD ->
                Math.toIntExact(
                        Zstd.compressByteArray(target, at, target.length - at, source, from, length, ZSTD_LEVEL));
        };
    }

    /**
     * Restores a region. Never writes more than {@code uncompressedSize} bytes, whatever the source says of itself.
     *
     * @param source on the heap
     * @param uncompressedSize what the batch declares; the caller has bounded it
     * @throws InvalidBatchException where the bytes are damaged, or give more or fewer
     */
    ByteBuffer decompress(ByteBuffer source, int uncompressedSize) {
        if (this == NONE) {
            return source;
        }
        byte[] target = new byte[uncompressedSize];
        decompress(source, target, uncompressedSize);
        return ByteBuffer.wrap(target);
    }

    /** The same into the beginning of an array, whose other bytes stay as they are; not for NONE. */
    void decompress(ByteBuffer source, byte[] target, int uncompressedSize) {
        byte[] bytes = source.array();
        int from = source.arrayOffset() + source.position();
        int length = source.remaining();
        long restored;
        try {
            restored = switch (this) {
                case NONE -> throw new IllegalStateException("NONE does not compress");
                case LZ4 -> Lz4.FACTORY.safeDecompressor().decompress(bytes, from, length, target, 0, uncompressedSize);
                case ZSTD -> Zstd.decompressByteArray(target, 0, uncompressedSize, bytes, from, length);
            };
        } catch (LZ4Exception | ZstdException e) {
            throw new InvalidBatchException("records cannot be restored from %s to %d bytes: %s"
                    .formatted(this, uncompressedSize, e.getMessage()));
        }
        if (restored != uncompressedSize) {
            throw new InvalidBatchException("uncompressed_size: expected %d, found %d bytes in the records"
                    .formatted(uncompressedSize, restored));
        }
    }

    /**
     * Refuses several ZSTD frames one behind the other: the library restores them all, those of other languages the
     * first one. LZ4's blocks have no end of their own, so there it is one in any case.
     *
     * @param source that could be restored
     */
    void requireOne(ByteBuffer source) {
        if (this != ZSTD) {
            return;
        }
        long frame = Zstd.findFrameCompressedSize(
                source.array(), source.arrayOffset() + source.position(), source.remaining());
        if (frame != source.remaining()) {
            throw new InvalidBatchException("records: expected one ZSTD frame of %d bytes, found one of %d and more"
                    .formatted(source.remaining(), frame));
        }
    }

    /** Loads the native library when it is first needed, which on a server with uncompressed batches is never. */
    private static final class Lz4 {
        static final LZ4Factory FACTORY = LZ4Factory.fastestInstance();
    }
}
