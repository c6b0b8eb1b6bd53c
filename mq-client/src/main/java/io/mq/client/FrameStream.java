package io.mq.client;

import com.google.protobuf.CodedOutputStream;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * An encoded {@code mq.PublishStreamRequest} with a frame: some bytes before the batch, then the batch as it is. What a
 * builder has made goes to the connection's buffers in one copy, and no object of protobuf is made of it.
 *
 * <p>Not thread-safe. gRPC reads it once, by {@link #drainTo}.
 */
final class FrameStream extends InputStream implements Drainable, KnownLength {

    private static final int FRAME = 2 << 3 | 2;
    private static final int BATCH = 3 << 3 | 2;
    private static final int FRAME_ID = 1;
    private static final int PARTITION = 2;
    private static final int DURABILITY = 4;

    /** Tag and length that precede a batch where it is stored; here it is another field of another message. */
    private static final int STORED_FRAME_BYTES = 5;

    private static final int HEAD_BYTES_MAX = 64;

    private final byte[] head;
    private final int headLength;
    private final ByteBuffer batch;
    private InputStream rest;
    private int remaining;

    FrameStream(PublishFrame frame) {
        ByteBuffer bytes = frame.batch().records().bytes();
        batch = bytes.position(STORED_FRAME_BYTES);
        head = new byte[HEAD_BYTES_MAX];
        headLength = encodeHead(frame, batch.remaining());
        remaining = headLength + batch.remaining();
    }

    private int encodeHead(PublishFrame frame, int batchSize) {
        int frameSize = CodedOutputStream.computeInt64Size(FRAME_ID, frame.frameId())
                + CodedOutputStream.computeInt32Size(PARTITION, frame.partition())
                + (frame.durability() == 0 ? 0 : CodedOutputStream.computeEnumSize(DURABILITY, frame.durability()))
                + 1
                + CodedOutputStream.computeUInt32SizeNoTag(batchSize)
                + batchSize;
        CodedOutputStream out = CodedOutputStream.newInstance(head);
        try {
            out.writeUInt32NoTag(FRAME);
            out.writeUInt32NoTag(frameSize);
            out.writeInt64(FRAME_ID, frame.frameId());
            out.writeInt32(PARTITION, frame.partition());
            if (frame.durability() != 0) {
                out.writeEnum(DURABILITY, frame.durability());
            }
            out.writeUInt32NoTag(BATCH);
            out.writeUInt32NoTag(batchSize);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("a head is never longer than its buffer", e);
        }
        return HEAD_BYTES_MAX - out.spaceLeft();
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
        if (rest != null) {
            int drained = Math.toIntExact(rest.transferTo(target));
            remaining = 0;
            return drained;
        }
        target.write(head, 0, headLength);
        target.write(batch.array(), batch.arrayOffset() + batch.position(), batch.remaining());
        int drained = remaining;
        rest = InputStream.nullInputStream();
        remaining = 0;
        return drained;
    }

    /** What is left, which is all that KnownLength asks for. */
    @Override
    public int available() {
        return remaining;
    }

    @Override
    public int read() throws IOException {
        int b = rest().read();
        remaining -= b < 0 ? 0 : 1;
        return b;
    }

    @Override
    public int read(byte[] target, int at, int bytes) throws IOException {
        int read = rest().read(target, at, bytes);
        remaining -= Math.max(0, read);
        return read;
    }

    private InputStream rest() {
        if (rest == null) {
            rest = new SequenceInputStream(
                    new ByteArrayInputStream(head, 0, headLength),
                    new ByteArrayInputStream(batch.array(), batch.arrayOffset() + batch.position(), batch.remaining()));
        }
        return rest;
    }
}
