package io.mq.client;

/**
 * Is told which partitions a consumer reads. Runs on the thread that polls, or on the client's callback executor where the
 * consumer has a listener; never at the same time as other callbacks of the same consumer about the same partition.
 */
public interface RebalanceListener {

    /** The consumer reads this partition from now on; nothing of it has been handed out. */
    default void assigned(TopicPartition partition) {}

    /**
     * The partition goes to another consumer when this has returned. What was handed out may still be committed here,
     * with {@link Consumer#commitSync}; an automatic commit follows by itself.
     */
    default void revoked(TopicPartition partition) {}

    /**
     * The partition has gone to another consumer, or begins anew, before this one could commit: what it has handed out
     * and not committed is delivered again.
     */
    default void lost(TopicPartition partition) {}
}
