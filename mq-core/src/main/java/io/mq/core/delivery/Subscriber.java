package io.mq.core.delivery;

import io.mq.core.error.BrokerException;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * The receiving end of a subscription: an open call of some edge.
 *
 * <h2>Threads</h2>
 * {@link #take}, {@link #assigned}, {@link #revoked} and {@link #end} are called by one thread at a time and must not
 * block.
 */
public interface Subscriber {

    /** Whether something can be taken without piling up. When this turns true, {@link Subscription#resume} must be called. */
    boolean isReady();

    /** How much to read for it at a time; a batch that is larger is read whole. */
    int readBytesMax();

    /** Whether what it takes is still read when {@link #take} has returned. */
    default boolean keepsBytes() {
        return true;
    }

    /**
     * Where to send what is in memory: the thread of the subscriber's socket, which spares it a wake-up and must never
     * wait for the disk.
     *
     * @return empty where there is no such thread
     */
    default Optional<Executor> socket() {
        return Optional.empty();
    }

    /** Takes some or all of what is there; called only while {@link #isReady}. */
    PartitionSlice.Taken take(PartitionSlice slice);

    /**
     * What follows may come from this partition too.
     *
     * @param generation rises with each assignment of a partition in a consumer group
     */
    default void assigned(Topic topic, PartitionId partition, long generation, long offset) {}

    /**
     * Nothing more comes from this partition.
     *
     * @param onReleased to be run when the subscriber is through with what it was sent, by any thread
     */
    default void revoked(Topic topic, PartitionId partition, long generation, Runnable onReleased) {
        onReleased.run();
    }

    /** No more messages follow, for this reason. Not called after {@link Subscription#cancel()}. */
    void end(BrokerException reason);
}
