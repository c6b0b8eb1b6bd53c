package io.mq.core.delivery;

import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.storage.LogCursor;
import io.mq.core.storage.LogSlice;
import io.mq.core.storage.OffsetOutOfRangeException;
import io.mq.core.storage.SegmentLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/**
 * Reads one partition for one subscription. Confined to the subscription's runs, except
 * {@link #position} and {@link #isAtEnd}.
 */
final class PartitionReader {

    private final Topic topic;
    private final PartitionId partition;
    private final long generation;
    private final SegmentLog log;
    private final LogCursor cursor;
    private final DeliveryAttempts attempts;

    private Runnable waker = () -> {};

    /** Whether {@link #waker} is among the waiters. */
    private volatile boolean isWaiting;

    /** The next offset to be sent. */
    private volatile long position;

    PartitionReader(
            Topic topic,
            PartitionId partition,
            long generation,
            SegmentLog log,
            long offset,
            DeliveryAttempts attempts) {
        this.topic = topic;
        this.partition = partition;
        this.generation = generation;
        this.log = log;
        this.cursor = new LogCursor(offset);
        this.position = offset;
        this.attempts = attempts;
        attempts.begin(offset);
    }

    PartitionId partition() {
        return partition;
    }

    Topic topic() {
        return topic;
    }

    long generation() {
        return generation;
    }

    /** The offset that the partition's next message gets. */
    long end() {
        return log.end();
    }

    long position() {
        return position;
    }

    boolean isAtEnd() {
        return position >= log.end();
    }

    /** Says what to do when the partition has grown after its end was reached. */
    void onGrowth(Runnable action) {
        waker = () -> {
            isWaiting = false;
            action.run();
        };
    }

    /** Whether there is nothing to read; then, growth will be noticed. */
    boolean reachedEnd(AppendWaiters waiters) {
        if (!isAtEnd()) {
            return false;
        }
        if (!isWaiting) {
            isWaiting = true;
            waiters.add(partition, waker);
        }
        return isAtEnd();
    }

    void stopWaiting(AppendWaiters waiters) {
        waiters.remove(partition, waker);
    }

    /**
     * Sends what one read yields, as far as the subscriber takes it; may wait for the disk.
     *
     * @return how many messages were sent
     * @throws IOException where stored bytes cannot be read or fail their check
     */
    int sendSome(Subscriber subscriber, DeliveryContext context) throws IOException {
        try {
            return send(log.read(cursor, subscriber.readBytesMax(), buffers(subscriber, context)), subscriber, context);
        } catch (OffsetOutOfRangeException e) {
            // Retention has overtaken this reader; what is gone is gone for everyone.
            cursor.moveTo(e.start());
            position = e.start();
            return 0;
        }
    }

    /**
     * Sends what is in memory, as far as the subscriber takes it; never waits for the disk.
     *
     * @return how many messages were sent; empty where what comes next is not in memory
     */
    OptionalInt sendNewest(Subscriber subscriber, DeliveryContext context) {
        LogSlice slice = log.readTail(cursor, subscriber.readBytesMax(), buffers(subscriber, context));
        return slice.isEmpty() ? OptionalInt.empty() : OptionalInt.of(send(slice, subscriber, context));
    }

    private static IntFunction<ByteBuffer> buffers(Subscriber subscriber, DeliveryContext context) {
        return subscriber.keepsBytes() ? ByteBuffer::allocate : context.readBuffers();
    }

    private int send(LogSlice slice, Subscriber subscriber, DeliveryContext context) {
        if (slice.isEmpty()) {
            return 0;
        }
        PartitionSlice.Taken taken =
                subscriber.take(new PartitionSlice(topic, partition, generation, cursor.nextOffset(), slice, attempts));
        cursor.moveTo(taken.nextOffset(), slice, slice.bytesBefore(taken.nextOffset()));
        position = taken.nextOffset();
        if (taken.messages() > 0) {
            long delayMillis = context.clock().millis() - slice.batches().get(0).appendTimeMillis();
            context.observer().delivered(topic, taken.messages(), taken.bytes(), delayMillis);
        }
        return taken.messages();
    }
}
