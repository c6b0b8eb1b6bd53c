package io.mq.client;

import java.util.HashMap;
import java.util.Map;

/**
 * Frames that the server has not answered, and what they take of its window.
 *
 * <p>Confined to the loop.
 */
final class FramesInFlight {

    record Frame(PartitionSender sender, PendingBatch batch) {}

    private final Map<Long, Frame> frames = new HashMap<>();
    private long windowBytes;
    private long bytes;
    private long nextId;

    void setWindow(long bytesMax) {
        windowBytes = bytesMax;
    }

    /** One always fits, however large it is. */
    boolean hasRoomFor(PendingBatch batch) {
        return bytes == 0 || bytes + batch.records().sizeInBytes() <= windowBytes;
    }

    /** @return the frame's id, which no other frame of this producer has */
    long add(PartitionSender sender, PendingBatch batch) {
        long id = nextId++;
        frames.put(id, new Frame(sender, batch));
        bytes += batch.records().sizeInBytes();
        return id;
    }

    /** The frame that is answered, which is then no longer in flight; or null. */
    Frame remove(long id) {
        Frame frame = frames.remove(id);
        if (frame != null) {
            bytes -= frame.batch().records().sizeInBytes();
        }
        return frame;
    }

    void clear() {
        frames.clear();
        bytes = 0;
    }

    boolean isEmpty() {
        return frames.isEmpty();
    }
}
