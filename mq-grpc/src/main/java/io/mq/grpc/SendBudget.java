package io.mq.grpc;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What all consumers together may have waiting for their sockets in large frames. A consumer that keeps up is sent
 * larger and larger pieces, for which it borrows here until its socket has taken them; while nothing is left, and for
 * one that does not keep up, pieces are small.
 *
 * <p>Safe for use by any thread.
 */
final class SendBudget {

    private final AtomicLong rest;

    SendBudget(long bytes) {
        rest = new AtomicLong(bytes);
    }

    /** Borrows as much of {@code wanted} as there is; answers how much. */
    int borrow(int wanted) {
        long before = rest.getAndUpdate(left -> left - Math.min(left, wanted));
        return (int) Math.min(before, wanted);
    }

    void giveBack(int bytes) {
        rest.addAndGet(bytes);
    }
}
