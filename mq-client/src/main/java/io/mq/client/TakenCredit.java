package io.mq.client;

import io.mq.batch.RecordBatch;
import io.mq.proto.Credit;
import java.util.Optional;

/**
 * What was taken of the server's messages since credit was last given for more.
 *
 * <p>Guarded by the {@link ConsumerLock}; what asks for the credit takes the lock itself.
 */
final class TakenCredit {

    private final ConsumerConfig config;
    private final ConsumerLock lock;
    private long messages;
    private long bytes;

    TakenCredit(ConsumerConfig config, ConsumerLock lock) {
        this.config = config;
        this.lock = lock;
    }

    void take(RecordBatch batch) {
        messages += batch.count();
        bytes += batch.sizeInBytes();
    }

    /** What comes in vain is credit to give again. */
    void takeInVain(ReceivedBatches batches) {
        messages += batches.messages();
        bytes += batches.bytes();
    }

    /** Drops what was received of a partition and not handed out. */
    void takeInVain(AssignedPartition partition) {
        messages += partition.received.stream().mapToLong(RecordBatch::count).sum();
        bytes += partition.receivedBytes;
        partition.dropReceived();
        partition.current = null;
    }

    /** A new stream begins with all the credit. */
    void reset() {
        messages = 0;
        bytes = 0;
    }

    /** Whether it is worth giving: more than half of all. */
    boolean isDue() {
        return lock.get(() -> bytes > config.creditBytes() / 2 || messages > config.creditMessages() / 2);
    }

    /** The credit to give now, which is then no longer due. */
    Optional<Credit> poll() {
        return lock.get(() -> {
            if (!isDue()) {
                return Optional.empty();
            }
            Credit credit =
                    Credit.newBuilder().setMessages(messages).setBytes(bytes).build();
            reset();
            return Optional.of(credit);
        });
    }
}
