package io.mq.ejb.cluster;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.apache.ratis.statemachine.StateMachine;

/** Stands before each force of a replicated log's files: holds it, or has it fail. */
final class LogGate implements StateMachine.DataApi {

    private final Semaphore arrivals = new Semaphore(0);

    /** Guarded by {@code this}. */
    private boolean isOpen = true;

    /** Guarded by {@code this}. */
    private boolean isBroken;

    /** From now on, forces wait. */
    synchronized void shut() {
        isOpen = false;
        arrivals.drainPermits();
    }

    /** Lets those that wait go on, and all later ones. */
    synchronized void open() {
        isOpen = true;
        notifyAll();
    }

    /** From now on, forces fail. */
    synchronized void breakDown() {
        isBroken = true;
    }

    /** Waits until one more force has come to the shut gate. */
    void awaitArrival() {
        arrivals.acquireUninterruptibly();
    }

    /** {@inheritDoc} Called by the thread that forces. */
    @Override
    public synchronized CompletableFuture<Void> flush(long index) {
        if (!isOpen) {
            arrivals.release();
        }
        try {
            while (!isOpen) {
                wait();
            }
        } catch (InterruptedException e) {
            return CompletableFuture.failedFuture(e);
        }
        return isBroken
                ? CompletableFuture.failedFuture(new IOException("Input/output error"))
                : CompletableFuture.completedFuture(null);
    }
}
