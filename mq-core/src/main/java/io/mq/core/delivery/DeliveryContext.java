package io.mq.core.delivery;

import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What all subscriptions of a node share.
 *
 * @param executor runs subscriptions; its threads wait for the disk and are never interrupted
 * @param clock tells how old messages are, for figures only
 * @param nanoClock monotonic
 * @param onReadFailed told when stored bytes could not be read or failed their check
 */
public record DeliveryContext(
        Executor executor,
        AppendWaiters waiters,
        InstantSource clock,
        LongSupplier nanoClock,
        DeliveryObserver observer,
        Consumer<IOException> onReadFailed) {

    long nanoTime() {
        return nanoClock.getAsLong();
    }

    void readFailed(IOException e) {
        onReadFailed.accept(e);
    }
}
