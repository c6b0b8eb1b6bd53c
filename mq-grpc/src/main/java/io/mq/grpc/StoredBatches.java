package io.mq.grpc;

import com.google.protobuf.CodedOutputStream;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;

/**
 * A message that consists of stored batches, as they are, between a few fields of its own. The stored bytes are the
 * encoding of its field 1, {@code repeated RecordBatch batches}; they go to the socket's buffers as they came from the
 * disk.
 */
final class StoredBatches extends InputStream implements KnownLength, Drainable {

    private final byte[] before;
    private final ByteBuffer batches;
    private final byte[] behind;
    private InputStream read;

    private StoredBatches(byte[] before, ByteBuffer batches, byte[] behind) {
        this.before = before;
        this.batches = batches;
        this.behind = behind;
    }

    /** Writes fields. */
    interface Fields {
        void writeTo(CodedOutputStream out) throws IOException;
    }

    /** The message alone. */
    static StoredBatches message(ByteBuffer batches, Fields behind) {
        return new StoredBatches(new byte[0], batches, encode(behind));
    }

    /** The message as a field of another one, which has no others. */
    static StoredBatches field(int number, ByteBuffer batches, Fields behind) {
        byte[] rest = encode(behind);
        byte[] before = encode(out -> {
            out.writeTag(number, 2);
            out.writeUInt32NoTag(batches.remaining() + rest.length);
        });
        return new StoredBatches(before, batches, rest);
    }

    private static byte[] encode(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
        CodedOutputStream out = CodedOutputStream.newInstance(bytes, 64);
        try {
            fields.writeTo(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
        int size = available();
        target.write(before);
        target.write(batches.array(), batches.arrayOffset() + batches.position(), batches.remaining());
        target.write(behind);
        return size;
    }

    @Override
    public int available() {
        return before.length + batches.remaining() + behind.length;
    }

    @Override
    public int read() throws IOException {
        if (read == null) {
            read = new SequenceInputStream(Collections.enumeration(List.of(
                    new ByteArrayInputStream(before),
                    new ByteArrayInputStream(
                            batches.array(), batches.arrayOffset() + batches.position(), batches.remaining()),
                    new ByteArrayInputStream(behind))));
        }
        return read.read();
    }
}
