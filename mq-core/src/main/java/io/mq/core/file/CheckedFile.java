package io.mq.core.file;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/** A file that is written once and as a whole, with a CRC-32C of what is before it at its end. Of any size. */
public final class CheckedFile {

    private static final int BUFFER_BYTES = 64 << 10;
    private static final int CHECKSUM_BYTES = 8;

    private CheckedFile() {}

    /** Gives what is to be in the file. */
    @FunctionalInterface
    public interface Content {
        void writeTo(DataOutput out) throws IOException;
    }

    /** Takes what is in the file. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(DataInput in) throws IOException;
    }

    /** Writes a file that does not exist yet, and forces it; its name is the caller's to force. */
    public static void write(Disk disk, Path path, Content content) throws IOException {
        try (DiskFile file = disk.create(path)) {
            CheckedOutputStream checked =
                    new CheckedOutputStream(new BufferedOutputStream(new Output(file), BUFFER_BYTES), new CRC32C());
            DataOutputStream out = new DataOutputStream(checked);
            content.writeTo(out);
            out.writeLong(checked.getChecksum().getValue());
            out.flush();
            file.force();
        }
    }

    /** @throws CorruptFileException where the file is not what was written */
    public static <T> T read(Disk disk, Path path, Reader<T> reader) throws IOException {
        try (DiskFile file = disk.open(path)) {
            long end = file.size() - CHECKSUM_BYTES;
            if (end < 0) {
                throw new CorruptFileException(
                        path, 0, "file of %d bytes, at least %d expected".formatted(file.size(), CHECKSUM_BYTES));
            }
            requireIntact(path, file, end);
            return reader.read(new DataInputStream(new BufferedInputStream(new Input(file, 0, end), BUFFER_BYTES)));
        }
    }

    private static void requireIntact(Path path, DiskFile file, long end) throws IOException {
        CheckedInputStream checked =
                new CheckedInputStream(new BufferedInputStream(new Input(file, 0, end), BUFFER_BYTES), new CRC32C());
        checked.skip(end);
        long found = new DataInputStream(new Input(file, end, end + CHECKSUM_BYTES)).readLong();
        if (checked.getChecksum().getValue() != found) {
            throw new CorruptFileException(
                    path,
                    end,
                    "checksum: found %08x, the content has %08x"
                            .formatted(found, checked.getChecksum().getValue()));
        }
    }

    private static final class Output extends OutputStream {

        private final DiskFile file;
        private long position;

        Output(DiskFile file) {
            this.file = file;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            file.writeFully(ByteBuffer.wrap(bytes, from, length), position);
            position += length;
        }
    }

    private static final class Input extends InputStream {

        private final DiskFile file;
        private final long end;
        private long position;

        Input(DiskFile file, long position, long end) {
            this.file = file;
            this.position = position;
            this.end = end;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int wanted = (int) Math.min(length, end - position);
            if (wanted <= 0) {
                return -1;
            }
            int count = file.read(ByteBuffer.wrap(bytes, from, wanted), position);
            position += Math.max(0, count);
            return count;
        }
    }
}
