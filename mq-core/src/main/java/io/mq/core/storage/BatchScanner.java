package io.mq.core.storage;

import io.mq.batch.RecordBatch;
import io.mq.core.file.CorruptFileException;
import io.mq.core.file.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;

/** Walks over the batches of a segment file, by their headers alone where nothing else is asked. Confined to one thread. */
final class BatchScanner {

    private static final int WINDOW_BYTES = 64 << 10;

    private final Path path;
    private final DiskFile file;
    private final int end;

    /** What is read at a time; replaced by a larger one for a batch that does not fit. */
    private ByteBuffer window;

    private int position;

    /** The file position of the window's first byte. */
    private int windowStart;

    private boolean hasBatch;

    /** What the header at {@link #position} says. Not the header itself: the window it lies in is filled anew. */
    private int batchSize;

    private long batchBaseOffset;
    private long batchNextOffset;
    private long appendTimeMillis;

    /**
     * @param position where a batch starts
     * @param end where the last one ends
     */
    BatchScanner(Path path, DiskFile file, int position, int end) throws IOException {
        this.path = path;
        this.file = file;
        this.end = end;
        this.position = position;
        this.windowStart = position;
        this.window =
                newWindow(Math.max(0, Math.min(WINDOW_BYTES, end - position))).limit(0);
        load();
    }

    private static ByteBuffer newWindow(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void load() throws IOException {
        hasBatch = position < end;
        if (!hasBatch) {
            return;
        }
        if (position + RecordBatch.HEADER_BYTES > windowStart + window.limit()) {
            fill();
        }
        int at = position - windowStart;
        int available = Math.min(RecordBatch.HEADER_BYTES, window.limit() - at);
        RecordBatch header = RecordBatch.wrap(window.slice(at, available));
        batchSize = RecordBatch.frameSize(window, at);
        Optional<String> damage = header.headerDamage();
        if (damage.isPresent()) {
            throw new CorruptFileException(path, position, damage.get());
        }
        if (batchSize < 0 || batchSize > end - position) {
            throw new CorruptFileException(
                    path, position, "batch length: at most %d possible, found %d".formatted(end - position, batchSize));
        }
        batchBaseOffset = header.baseOffset();
        batchNextOffset = header.nextOffset();
        appendTimeMillis = header.appendTimeMillis();
    }

    private void fill() throws IOException {
        windowStart = position;
        window.clear().limit(Math.min(window.capacity(), end - position));
        file.readFully(window, position);
        window.flip();
    }

    boolean hasBatch() {
        return hasBatch;
    }

    int position() {
        return position;
    }

    int batchSize() {
        return batchSize;
    }

    long batchBaseOffset() {
        return batchBaseOffset;
    }

    long appendTimeMillis() {
        return appendTimeMillis;
    }

    /** The whole batch. Valid until the scanner moves on. */
    ByteBuffer batch() throws IOException {
        if (position + batchSize > windowStart + window.limit()) {
            if (batchSize > window.capacity()) {
                window = newWindow(batchSize);
            }
            fill();
            if (window.limit() < batchSize) {
                throw new CorruptFileException(
                        path,
                        position + window.limit(),
                        "segment file ends here, expected %d bytes".formatted(position + batchSize));
            }
        }
        return window.slice(position - windowStart, batchSize);
    }

    void advance() throws IOException {
        position += batchSize;
        load();
    }

    /** Moves to the batch that holds an offset, or, where all batches end before it, to the end. */
    void seek(long offset) throws IOException {
        while (hasBatch() && batchNextOffset <= offset) {
            advance();
        }
    }
}
