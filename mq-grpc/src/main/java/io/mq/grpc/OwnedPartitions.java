package io.mq.grpc;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.proto.ConsumeCommit;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;

/**
 * The partitions that a consumer reads, or has yet to say goodbye to.
 *
 * <p>Not thread-safe.
 */
final class OwnedPartitions {

    record Key(String topic, int partition) {}

    private final Map<Key, Owned> owned = new HashMap<>();

    private static final class Owned {
        private final long generation;

        /** The offset after the last one that the consumer was sent. */
        private long sent;

        /** What to do when the consumer is through; null until the partition was revoked. */
        private Runnable onReleased;

        /** Takes the partition from a consumer that is not through in time. */
        private Future<?> deadline;

        Owned(long generation, long sent) {
            this.generation = generation;
            this.sent = sent;
        }
    }

    void assigned(Key key, long generation, long offset) {
        owned.put(key, new Owned(generation, offset));
    }

    void sent(Key key, long nextOffset) {
        owned.get(key).sent = nextOffset;
    }

    /** @param deadline releases it when the consumer does not; cancelled when there is no need */
    void revoked(Key key, Runnable onReleased, Future<?> deadline) {
        Owned partition = owned.get(key);
        partition.onReleased = onReleased;
        partition.deadline = deadline;
    }

    /**
     * The consumer is through with a revoked partition, or was given long enough.
     *
     * @return what to do; nothing where the partition was not revoked or has been released before
     */
    Runnable release(Key key, long generation) {
        Owned partition = owned.get(key);
        if (partition == null || partition.generation != generation || partition.onReleased == null) {
            return () -> {};
        }
        owned.remove(key);
        partition.deadline.cancel(false);
        return partition.onReleased;
    }

    /** The consumer is gone: nothing is waited for any more. */
    void end() {
        owned.values().stream()
                .filter(partition -> partition.deadline != null)
                .forEach(partition -> partition.deadline.cancel(false));
    }

    /** @throws BrokerException where the consumer was not sent what it commits, or not in this generation */
    void requireSent(ConsumeCommit commit) {
        Owned partition = owned.get(new Key(commit.getTopic(), commit.getPartition()));
        if (partition == null || partition.generation != commit.getGeneration()) {
            throw BrokerException.of(
                    Reason.COMMIT_FENCED,
                    "partition %d of topic '%s' is not this consumer's in generation %d; commit what is assigned now"
                            .formatted(commit.getPartition(), commit.getTopic(), commit.getGeneration()));
        }
        if (commit.getOffset() > partition.sent) {
            throw BrokerException.of(
                    Reason.INVALID_FIELD,
                    "commit.offset: at most %d, what this consumer was sent, found %d"
                            .formatted(partition.sent, commit.getOffset()),
                    Map.of("field", "commit.offset"));
        }
    }
}
