package io.mq.core.delivery;

import io.mq.batch.RecordBatch;
import java.nio.ByteBuffer;
import java.util.List;

/** A subscriber that is sent one message after the other. */
public interface MessageSubscriber extends Subscriber {

    /** Enough to make small messages cheap, little enough that what is not sent costs little. */
    int READ_BYTES = 64 << 10;

    void deliver(Delivery delivery);

    @Override
    default int readBytesMax() {
        return READ_BYTES;
    }

    @Override
    default PartitionSlice.Taken take(PartitionSlice slice) {
        long offset = slice.fromOffset();
        int messages = 0;
        long bytes = 0;
        for (RecordBatch batch : slice.slice().batches()) {
            List<ByteBuffer> records = BatchRecords.of(slice.topic(), slice.partition(), batch);
            while (offset < batch.nextOffset() && isReady()) {
                int number = (int) (offset - batch.baseOffset());
                if (number >= records.size()) {
                    offset = batch.nextOffset();
                    break;
                }
                ByteBuffer record = records.get(number);
                messages++;
                bytes += record.remaining();
                deliver(new Delivery(
                        slice.topic(),
                        slice.partition().partition(),
                        offset,
                        batch.appendTimeMillis(),
                        slice.attempts().next(offset),
                        record));
                offset++;
            }
            if (offset < batch.nextOffset()) {
                break;
            }
        }
        return new PartitionSlice.Taken(offset, messages, bytes);
    }
}
