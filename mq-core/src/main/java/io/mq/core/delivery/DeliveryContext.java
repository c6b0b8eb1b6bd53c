package io.mq.core.delivery;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.file.CorruptFileException;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What all subscriptions of a node share.
 *
 * @param executor runs subscriptions; its threads wait for the disk and are never interrupted
 * @param clock tells how old messages are, for figures only
 * @param nanoClock monotonic
 * @param onReadFailed told when stored bytes could not be read or failed their check
 * @param readBuffers for what is not read beyond the call that takes it
 */
public record DeliveryContext(
        Executor executor,
        AppendWaiters waiters,
        InstantSource clock,
        LongSupplier nanoClock,
        DeliveryObserver observer,
        Consumer<IOException> onReadFailed,
        ReadBuffers readBuffers) {

    public DeliveryContext(
            Executor executor,
            AppendWaiters waiters,
            InstantSource clock,
            LongSupplier nanoClock,
            DeliveryObserver observer,
            Consumer<IOException> onReadFailed) {
        this(executor, waiters, clock, nanoClock, observer, onReadFailed, new ReadBuffers());
    }

    /**
     * Runs what reads the disk.
     *
     * @throws BrokerException {@link Reason#SHUTTING_DOWN}
     */
    public void execute(Runnable read) {
        try {
            executor.execute(read);
        } catch (RejectedExecutionException e) {
            throw BrokerException.shuttingDown("ask elsewhere or wait for its restart");
        }
    }

    long nanoTime() {
        return nanoClock.getAsLong();
    }

    /** Reports that stored messages could not be read, and answers what to tell who asked for them. */
    public BrokerException unreadable(IOException e) {
        onReadFailed.accept(e);
        Reason reason = e instanceof CorruptFileException ? Reason.CORRUPT_DATA : Reason.INTERNAL;
        return BrokerException.caused(reason, "stored messages cannot be read: " + e.getMessage(), e);
    }
}
