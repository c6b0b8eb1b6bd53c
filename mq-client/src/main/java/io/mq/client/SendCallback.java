package io.mq.client;

/**
 * Is told what became of a message: cheaper than a future where millions are sent. Runs on the client's callback
 * executor, one callback of a producer after the other and, within a partition, in the order of sends unless some fail.
 */
@FunctionalInterface
public interface SendCallback {

    /**
     * @param published where the message was stored, or null
     * @param failure why it was not, or null; see {@link MqException#isOutcomeUnknown}
     */
    void completed(Published published, MqException failure);
}
