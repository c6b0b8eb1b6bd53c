package io.mq.core.journal;

import io.mq.core.command.Command;
import io.mq.core.command.CommandCodec;
import io.mq.core.file.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.ObjLongConsumer;
import java.util.zip.CRC32C;

/**
 * The unit of writing: the commands of one round under one checksum. A round is written only after the one before was
 * forced, so whatever a power cut tears is the last block, as a whole.
 *
 * <table>
 * <caption>Layout, numbers little-endian; a block starts at a multiple of 8</caption>
 * <tr><th>at</th><th>bytes</th><th>content</th></tr>
 * <tr><td>0</td><td>4</td><td>magic: 'M' 'Q' 'J' and the format version, 1</td></tr>
 * <tr><td>4</td><td>4</td><td>CRC32C of everything from 8 to the end of the body</td></tr>
 * <tr><td>8</td><td>8</td><td>salt of the file: a block left over from the file's former life has another</td></tr>
 * <tr><td>16</td><td>8</td><td>index of the first command; of the next one where there is none</td></tr>
 * <tr><td>24</td><td>4</td><td>length of the body</td></tr>
 * <tr><td>28</td><td>4</td><td>kind: 0 commands, 1 start of file, 2 end of file</td></tr>
 * <tr><td>32</td><td>4</td><td>number of commands</td></tr>
 * <tr><td>36</td><td>4</td><td>0</td></tr>
 * <tr><td>40</td><td></td><td>body: for each command its length in 4 bytes, then {@link CommandCodec}'s bytes</td></tr>
 * </table>
 *
 * <p>Recovery rule: {@link JournalReplay}.
 */
final class JournalBlock {

    static final int HEADER_BYTES = 40;

    static final int COMMANDS = 0;
    static final int START = 1;
    static final int END = 2;

    private static final int MAGIC = 'M' | 'Q' << 8 | 'J' << 16 | 1 << 24;
    private static final int CRC_AT = 4;
    private static final int SALT_AT = 8;
    private static final int FIRST_INDEX_AT = 16;
    private static final int LENGTH_AT = 24;
    private static final int KIND_AT = 28;
    private static final int COUNT_AT = 32;

    private final ByteBuffer bytes;

    private JournalBlock(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** Space that a command takes in a body. */
    static int sizeOf(int commandSize) {
        return Integer.BYTES + commandSize;
    }

    static int padded(int size) {
        return (size + 7) & ~7;
    }

    /** Starts a block at the buffer's position; commands follow, then {@link #seal}. */
    static void begin(ByteBuffer target) {
        target.position(target.position() + HEADER_BYTES);
    }

    static void add(ByteBuffer target, Command<?> command) {
        int at = target.position();
        target.position(at + Integer.BYTES);
        CommandCodec.encode(command, target);
        target.putInt(at, target.position() - at - Integer.BYTES);
    }

    /** Completes the block that begins at {@code at} and ends at the buffer's position, and pads it. */
    static void seal(ByteBuffer target, int at, long salt, long firstIndex, int kind, int count) {
        int end = target.position();
        target.putInt(at, MAGIC);
        target.putLong(at + SALT_AT, salt);
        target.putLong(at + FIRST_INDEX_AT, firstIndex);
        target.putInt(at + LENGTH_AT, end - at - HEADER_BYTES);
        target.putInt(at + KIND_AT, kind);
        target.putInt(at + COUNT_AT, count);
        target.putInt(at + COUNT_AT + 4, 0);
        target.putInt(at + CRC_AT, crcOf(target, at, end));
        while ((target.position() - at) % 8 != 0) {
            target.put((byte) 0);
        }
    }

    /** A block without commands. */
    static ByteBuffer mark(long salt, long nextIndex, int kind) {
        ByteBuffer block = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        begin(block);
        seal(block, 0, salt, nextIndex, kind, 0);
        return block.flip();
    }

    /** Whether the bytes at this place claim to be a block of the file with this salt. */
    static boolean isClaimedAt(ByteBuffer buffer, int at, long salt) {
        return buffer.getInt(at) == MAGIC && buffer.getLong(at + SALT_AT) == salt;
    }

    /**
     * Reads the block at this place of a file.
     *
     * @param end where the file ends; a length that goes past it is not believed
     * @return the intact block, or null where there is none
     */
    static JournalBlock read(DiskFile file, long at, long end, long salt) throws IOException {
        if (end - at < HEADER_BYTES) {
            return null;
        }
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        file.readFully(header, at);
        int length = header.getInt(LENGTH_AT);
        if (!isClaimedAt(header, 0, salt) || length < 0 || length > end - at - HEADER_BYTES) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(header.rewind());
        file.readFully(bytes, at + HEADER_BYTES);
        return parse(bytes.flip(), salt);
    }

    /**
     * Takes the block that fills a buffer.
     *
     * @param bytes little-endian, from position 0 to the limit, without padding; shared from now on
     * @return the intact block, or null where there is none
     */
    static JournalBlock parse(ByteBuffer bytes, long salt) {
        boolean isIntact = bytes.limit() >= HEADER_BYTES
                && isClaimedAt(bytes, 0, salt)
                && bytes.getInt(LENGTH_AT) == bytes.limit() - HEADER_BYTES
                && bytes.getInt(CRC_AT) == crcOf(bytes, 0, bytes.limit());
        return isIntact ? new JournalBlock(bytes) : null;
    }

    private static int crcOf(ByteBuffer buffer, int at, int end) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(at + SALT_AT, end - at - SALT_AT));
        return (int) crc.getValue();
    }

    int kind() {
        return bytes.getInt(KIND_AT);
    }

    int count() {
        return bytes.getInt(COUNT_AT);
    }

    long firstIndex() {
        return bytes.getLong(FIRST_INDEX_AT);
    }

    long nextIndex() {
        return firstIndex() + count();
    }

    /** Bytes to the next block. */
    int paddedSize() {
        return padded(bytes.limit());
    }

    void forEachCommand(ObjLongConsumer<Command<?>> consumer) {
        int at = HEADER_BYTES;
        for (long index = firstIndex(); index < nextIndex(); index++) {
            int size = bytes.getInt(at);
            at += Integer.BYTES;
            ByteBuffer command = bytes.slice(at, size).order(ByteOrder.LITTLE_ENDIAN);
            consumer.accept(CommandCodec.decode(command), index);
            at += size;
        }
    }
}
