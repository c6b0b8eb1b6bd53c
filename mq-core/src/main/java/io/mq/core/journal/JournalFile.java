package io.mq.core.journal;

import io.mq.core.file.CorruptFileException;
import io.mq.core.file.Disk;
import io.mq.core.file.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * One preallocated file of the journal: a header, then blocks.
 *
 * <table>
 * <caption>Header, numbers little-endian</caption>
 * <tr><th>at</th><th>bytes</th><th>content</th></tr>
 * <tr><td>0</td><td>4</td><td>magic: 'M' 'Q' 'F' and the format version, 1</td></tr>
 * <tr><td>4</td><td>4</td><td>CRC32C of bytes 8 to 24</td></tr>
 * <tr><td>8</td><td>8</td><td>sequence: the number in the file's name</td></tr>
 * <tr><td>16</td><td>8</td><td>salt: random, new at each use of the file</td></tr>
 * <tr><td>24</td><td></td><td>0 up to 4096, where the first block starts</td></tr>
 * </table>
 *
 * <p>Recovery rule: a file gets its name only after its header was forced, so a named file with a bad header is
 * corrupt.
 *
 * <p>Confined to one thread at a time.
 */
final class JournalFile implements Closeable {

    static final int HEADER_BYTES = 4096;

    private static final int MAGIC = 'M' | 'Q' << 8 | 'F' << 16 | 1 << 24;
    private static final int CHECKED_BYTES = 24;

    private final Path path;
    private final DiskFile file;
    private final long sequence;
    private final long salt;
    private final int capacity;

    /** Where the next block goes. */
    private int position = HEADER_BYTES;

    private JournalFile(Path path, DiskFile file, long sequence, long salt, int capacity) {
        this.path = path;
        this.file = file;
        this.sequence = sequence;
        this.salt = salt;
        this.capacity = capacity;
    }

    /** Writes and forces a new header into a preallocated file that does not carry its final name yet. */
    static void format(DiskFile file, long sequence, long salt) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(0, MAGIC).putLong(8, sequence).putLong(16, salt);
        header.putInt(4, crcOf(header));
        file.writeFully(header, 0);
        file.force();
    }

    /**
     * Opens a file for writing from its start.
     *
     * @throws CorruptFileException where the header is not intact
     */
    static JournalFile open(Disk disk, Path path, long sequence) throws IOException {
        DiskFile file = disk.open(path);
        try {
            return new JournalFile(path, file, sequence, readSalt(file, path, sequence), (int) file.size());
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    static long readSalt(DiskFile file, Path path, long sequence) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(CHECKED_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        file.readFully(header, 0);
        if (header.getInt(0) != MAGIC) {
            throw new CorruptFileException(
                    path, 0, "journal file magic: expected %08x, found %08x".formatted(MAGIC, header.getInt(0)));
        }
        if (header.getInt(4) != crcOf(header)) {
            throw new CorruptFileException(
                    path, 4, "journal file CRC: expected %08x, found %08x".formatted(header.getInt(4), crcOf(header)));
        }
        if (header.getLong(8) != sequence) {
            throw new CorruptFileException(
                    path, 8, "journal file sequence: expected %d, found %d".formatted(sequence, header.getLong(8)));
        }
        return header.getLong(16);
    }

    private static int crcOf(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.slice(8, CHECKED_BYTES - 8));
        return (int) crc.getValue();
    }

    Path path() {
        return path;
    }

    long sequence() {
        return sequence;
    }

    long salt() {
        return salt;
    }

    int position() {
        return position;
    }

    /** Whether a block of this size fits and leaves room for the end mark. */
    boolean hasRoomFor(int blockBytes) {
        return position + blockBytes + JournalBlock.HEADER_BYTES <= capacity;
    }

    /** Writes a block without forcing it. */
    void append(ByteBuffer block) throws IOException {
        int size = block.remaining();
        file.writeFully(block, position);
        position += size;
    }

    void force() throws IOException {
        file.force();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
