package io.mq.client;

/** Takes messages, one at a time of each partition, on the client's callback executor; it may block. */
@FunctionalInterface
public interface MessageListener {

    /**
     * The message is processed when this returns. Where it throws, the same message is handed in again after a while, and
     * its partition waits meanwhile.
     */
    void onMessage(ConsumedMessage message) throws Exception;
}
