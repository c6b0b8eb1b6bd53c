package io.mq.core.delivery;

import io.mq.batch.InvalidBatchException;
import io.mq.batch.RecordBatch;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.List;

/** The records of stored batches, for those who want messages. */
public final class BatchRecords {

    private static final Logger LOG = System.getLogger(BatchRecords.class.getName());

    private BatchRecords() {}

    /**
     * Each record's bytes. None where the producer has compressed something else: the checksum is right, but there is
     * nothing to deliver, now or ever, and the offsets are passed over.
     */
    public static List<ByteBuffer> of(Topic topic, PartitionId partition, RecordBatch batch) {
        try {
            return batch.records();
        } catch (InvalidBatchException e) {
            LOG.log(
                    Level.WARNING,
                    "Offsets {0} to {1} of topic ''{2}'', partition {3}, are passed over: their producer sent a batch that cannot be read: {4}",
                    batch.baseOffset(),
                    batch.nextOffset() - 1,
                    topic.name(),
                    partition.partition(),
                    e.getMessage());
            return List.of();
        }
    }
}
