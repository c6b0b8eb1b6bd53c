package io.mq.core.delivery;

import io.mq.core.error.BrokerException;

/**
 * The receiving end of a subscription: an open call of some edge.
 *
 * <h2>Threads</h2>
 * {@link #deliver} and {@link #end} are called by one thread at a time and must not block.
 */
public interface Subscriber {

    /** Whether a message can be taken without piling up. When this turns true, {@link Subscription#resume} must be called. */
    boolean isReady();

    void deliver(Delivery delivery);

    /** No more messages follow, for this reason. Not called after {@link Subscription#cancel()}. */
    void end(BrokerException reason);
}
