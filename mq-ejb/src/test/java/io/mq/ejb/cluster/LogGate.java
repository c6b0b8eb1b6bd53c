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

    /** Guarded by {@code this}. How many forces fail from now on. */
    private int failures;

    /** Guarded by {@code this}. */
    private int waiting;

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
        failures = Integer.MAX_VALUE;
    }

    /** The next force fails, and those after it do not. */
    synchronized void failNext() {
        failures = 1;
    }

    synchronized boolean hasFailed() {
        return failures == 0;
    }

    /** Waits until one more force has come to the shut gate. */
    void awaitArrival() {
        arrivals.acquireUninterruptibly();
    }

    /** Whether somebody waits at the shut gate, so that nothing is being forced. */
    synchronized boolean isHolding() {
        return waiting > 0;
    }

    /** {@inheritDoc} Called by the thread that forces. */
    @Override
    public synchronized CompletableFuture<Void> flush(long index) {
        if (!isOpen) {
            arrivals.release();
        }
        waiting++;
        try {
            while (!isOpen) {
                wait();
            }
        } catch (InterruptedException e) {
            return CompletableFuture.failedFuture(e);
        } finally {
            waiting--;
        }
        if (failures > 0) {
            failures--;
            return CompletableFuture.failedFuture(new IOException("Input/output error"));
        }
        return CompletableFuture.completedFuture(null);
    }
}
