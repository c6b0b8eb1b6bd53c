package io.mq.core.delivery;

import io.mq.batch.RecordBatch;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.storage.LogCursor;
import io.mq.core.storage.LogSlice;
import io.mq.core.storage.OffsetOutOfRangeException;
import io.mq.core.storage.SegmentLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Reads one partition for one subscription. Confined to the subscription's runs, except
 * {@link #position} and {@link #isAtEnd}.
 */
final class PartitionReader {

    /** Read at a time: enough to make small messages cheap, little enough that what is not sent costs little. */
    private static final int READ_BYTES = 64 << 10;

    private final Topic topic;
    private final PartitionId partition;
    private final SegmentLog log;
    private final LogCursor cursor;
    private final DeliveryAttempts attempts;

    private Runnable waker = () -> {};

    /** Whether {@link #waker} is among the waiters. */
    private volatile boolean isWaiting;

    /** The next offset to be sent. */
    private volatile long position;

    PartitionReader(Topic topic, PartitionId partition, SegmentLog log, long offset, DeliveryAttempts attempts) {
        this.topic = topic;
        this.partition = partition;
        this.log = log;
        this.cursor = new LogCursor(offset);
        this.position = offset;
        this.attempts = attempts;
        attempts.begin(offset);
    }

    PartitionId partition() {
        return partition;
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
     * Sends what one read yields, as long as the subscriber is ready.
     *
     * @return how many messages were sent
     * @throws IOException where stored bytes cannot be read or fail their check
     */
    int sendSome(Subscriber subscriber, DeliveryContext context) throws IOException {
        LogSlice slice;
        try {
            slice = log.read(cursor, READ_BYTES);
        } catch (OffsetOutOfRangeException e) {
            // Retention has overtaken this reader; what is gone is gone for everyone.
            cursor.moveTo(e.start());
            position = e.start();
            return 0;
        }
        int sent = 0;
        long sentBytes = 0;
        int bytesBefore = 0;
        for (RecordBatch batch : slice.batches()) {
            List<ByteBuffer> records = batch.records();
            int next = (int) (cursor.nextOffset() - batch.baseOffset());
            for (; next < records.size() && subscriber.isReady(); next++) {
                ByteBuffer record = records.get(next);
                sent++;
                sentBytes += record.remaining();
                send(subscriber, batch, next, record);
            }
            boolean isWhole = next == records.size();
            cursor.moveTo(batch.baseOffset() + next, slice, isWhole ? bytesBefore + batch.sizeInBytes() : bytesBefore);
            position = cursor.nextOffset();
            if (!isWhole) {
                break;
            }
            bytesBefore += batch.sizeInBytes();
        }
        if (sent > 0) {
            long delayMillis = context.clock().millis() - slice.batches().get(0).appendTimeMillis();
            context.observer().delivered(topic, sent, sentBytes, delayMillis);
        }
        return sent;
    }

    private void send(Subscriber subscriber, RecordBatch batch, int number, ByteBuffer record) {
        long offset = batch.baseOffset() + number;
        subscriber.deliver(new Delivery(
                topic, partition.partition(), offset, batch.appendTimeMillis(), attempts.next(offset), record));
    }
}
