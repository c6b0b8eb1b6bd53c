package io.mq.bench.peers.broker;

import java.io.Closeable;

/**
 * Sends messages to one topic.
 *
 * <p><b>Threads</b>: one at a time.
 */
public interface Publisher extends Closeable {

    /**
     * Sends a message, or leaves it in a batch that is sent by itself. Waits while more is unacknowledged than the
     * client is meant to keep.
     *
     * @param payload not to be changed until it is acknowledged
     */
    void publish(byte[] payload) throws InterruptedException;
}
