package io.mq.grpc;

/**
 * How much a consumer is sent at a time. Doubles with each piece that its socket takes at once, as far as the
 * {@link SendBudget} goes, and is small again when it does not.
 *
 * <p>Safe for use by any thread.
 */
final class FrameSize {

    /** What every consumer gets without asking: small messages are cheap in pieces of this size already. */
    static final int MIN = 64 << 10;

    /** More makes nothing faster, and others wait longer for the socket. */
    static final int MAX = 1 << 20;

    private final SendBudget budget;

    /** Guarded by {@code this}. */
    private int size = MIN;

    /** Guarded by {@code this}. */
    private int borrowed;

    FrameSize(SendBudget budget) {
        this.budget = budget;
    }

    /** The size of the next piece, for a consumer that is ready for it. */
    synchronized int next() {
        giveBack();
        borrowed = budget.borrow(size - MIN);
        return MIN + borrowed;
    }

    /** The size of the only piece. */
    synchronized int upTo(int bytesMax) {
        borrowed = budget.borrow(Math.max(0, bytesMax - MIN));
        return Math.min(bytesMax, MIN + borrowed);
    }

    /** A piece was sent; says whether the socket took it at once. */
    synchronized void sent(int bytes, boolean isTaken) {
        if (isTaken) {
            giveBack();
            size = bytes >= size / 2 ? Math.min(MAX, size * 2) : size;
        } else if (bytes <= MIN) {
            giveBack();
        }
    }

    /** The socket has taken what was sent. */
    synchronized void drained() {
        giveBack();
        size = Math.min(MAX, size * 2);
    }

    /** Nothing more is sent. */
    synchronized void end() {
        giveBack();
    }

    private void giveBack() {
        budget.giveBack(borrowed);
        borrowed = 0;
    }
}
