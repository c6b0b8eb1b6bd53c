package io.mq.core.delivery;

import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.storage.LogSlice;
import java.nio.ByteBuffer;

/**
 * A stretch of a partition's log that is due to a subscriber: whole batches, of which the first may begin before
 * {@link #fromOffset}.
 *
 * @param generation of the assignment under which it is sent
 * @param fromOffset the first offset that the subscriber is to be sent
 */
public record PartitionSlice(
        Topic topic,
        PartitionId partition,
        long generation,
        long fromOffset,
        LogSlice slice,
        DeliveryAttempts attempts) {

    /**
     * What a subscriber has taken.
     *
     * @param nextOffset the offset that it is to be sent next
     * @param messages how many it was sent
     * @param bytes what it was sent
     */
    public record Taken(long nextOffset, int messages, long bytes) {}

    /** The first batches, with so many messages or, where one batch has more, that one. */
    public PartitionSlice upTo(long messages) {
        long rest = messages + fromOffset - slice.batches().get(0).baseOffset();
        int batches = 0;
        while (batches < slice.batches().size() && rest > 0) {
            rest -= slice.batches().get(batches).count();
            batches++;
        }
        return new PartitionSlice(
                topic, partition, generation, fromOffset, slice.first(Math.max(1, batches)), attempts);
    }

    /** The batches as they are stored, one after the other; valid until the subscriber has taken them. */
    public ByteBuffer bytes() {
        return slice.bytes();
    }

    /** Records in all batches, those before {@link #fromOffset} too. */
    public int records() {
        return (int) (slice.nextOffset() - slice.batches().get(0).baseOffset());
    }

    /** Nothing was sent. */
    public Taken nothing() {
        return new Taken(fromOffset, 0, 0);
    }

    /** All of it was sent. */
    public Taken whole() {
        long next = slice.nextOffset();
        attempts.sent(next);
        return new Taken(next, (int) (next - fromOffset), slice.sizeInBytes());
    }
}
