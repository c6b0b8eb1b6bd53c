package io.mq.grpc;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many frames a publish stream may have unanswered. A frame takes the journal's time however small it is, and
 * everybody waits for all that came before: so a stream alone has enough for its throughput, and many have so few that
 * all of them together are answered soon.
 *
 * <p>Safe for use by any thread.
 */
final class FrameShares {

    /** What a stream alone may have. */
    static final int MAX = 512;

    /** What each may have, however many there are. */
    static final int MIN = 16;

    /** What they share. */
    private static final int ALL = 1024;

    /** Streams that have unanswered frames. */
    private final AtomicInteger busy = new AtomicInteger();

    /** A stream has its first unanswered frame. */
    void began() {
        busy.incrementAndGet();
    }

    /** A stream has no unanswered frame any more. */
    void ended() {
        busy.decrementAndGet();
    }

    /** What each stream may have now. */
    int each() {
        return Math.max(MIN, Math.min(MAX, ALL / Math.max(1, busy.get())));
    }
}
