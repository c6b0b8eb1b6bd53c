package io.mq.client;

import io.mq.batch.InvalidBatchException;
import io.mq.batch.RecordBatch;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;

/**
 * A batch as it was stored, from the first message that was not handed out before. Its messages are made when they are
 * asked for; {@link #encoded} gives their bytes without any.
 *
 * <p>Immutable and safe for use by any thread.
 */
public final class ConsumedBatch implements Iterable<ConsumedMessage> {

    private final TopicPartition partition;
    private final long offset;
    private final Instant timestamp;
    private final int sizeInBytes;
    private final List<ByteBuffer> records;

    private ConsumedBatch(
            TopicPartition partition, long offset, Instant timestamp, int sizeInBytes, List<ByteBuffer> records) {
        this.partition = partition;
        this.offset = offset;
        this.timestamp = timestamp;
        this.sizeInBytes = sizeInBytes;
        this.records = records;
    }

    /**
     * Checks the batch's checksums and restores its records.
     *
     * @param from the first offset to keep; at most the batch's next one
     * @throws MqException where the bytes are not what was stored
     */
    static ConsumedBatch open(TopicPartition partition, RecordBatch batch, long from) {
        batch.damage().ifPresent(damage -> {
            throw Errors.corrupt(partition, damage);
        });
        List<ByteBuffer> records;
        try {
            records = batch.records();
        } catch (InvalidBatchException e) {
            throw Errors.corrupt(partition, e.getMessage());
        }
        int skipped = Math.toIntExact(Math.max(0, from - batch.baseOffset()));
        return new ConsumedBatch(
                partition,
                batch.baseOffset() + skipped,
                Instant.ofEpochMilli(batch.appendTimeMillis()),
                batch.sizeInBytes(),
                records.subList(skipped, records.size()));
    }

    /** The messages from this one on; or, with {@code to}, up to before another. */
    ConsumedBatch part(long from, long to) {
        return from == offset && to == nextOffset()
                ? this
                : new ConsumedBatch(
                        partition, from, timestamp, sizeInBytes, records.subList((int) (from - offset), (int)
                                (to - offset)));
    }

    public TopicPartition partition() {
        return partition;
    }

    /** Of the first message. */
    public long offset() {
        return offset;
    }

    /** After the last message: what to commit when all are processed. */
    public long nextOffset() {
        return offset + records.size();
    }

    public int count() {
        return records.size();
    }

    /** Of the whole batch as it is stored. */
    public int sizeInBytes() {
        return sizeInBytes;
    }

    /** When the broker took the batch. */
    public Instant timestamp() {
        return timestamp;
    }

    /** Each message as the bytes of one {@code mq.Record}, for {@link io.mq.batch.RecordCodec#decode}. */
    public List<ByteBuffer> encoded() {
        return records;
    }

    ConsumedMessage message(long at) {
        return new ConsumedMessage(this, at, records.get((int) (at - offset)));
    }

    @Override
    public Iterator<ConsumedMessage> iterator() {
        return new Iterator<>() {
            private long next = offset;

            @Override
            public boolean hasNext() {
                return next < nextOffset();
            }

            @Override
            public ConsumedMessage next() {
                if (!hasNext()) {
                    throw new java.util.NoSuchElementException("the batch ends before " + next);
                }
                return message(next++);
            }
        };
    }
}
