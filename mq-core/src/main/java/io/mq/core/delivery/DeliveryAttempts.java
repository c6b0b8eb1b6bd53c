package io.mq.core.delivery;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How often a group has been sent each message of one partition. An owner is sent one run of offsets, from where the
 * group had committed; so counting takes a few numbers per owner and nothing per message. What is committed is
 * forgotten, and everything with a restart of the node.
 *
 * <p>Not thread-safe: only the partition's owner, one at a time, uses it.
 */
public final class DeliveryAttempts {

    /** Owners remembered: beyond it the count of very often redelivered messages stands still. */
    private static final int RUNS_MAX = 1000;

    /** Earlier owners' runs, [from, to). */
    private final Deque<Run> earlier = new ArrayDeque<>();

    private long from;
    private long to;

    private record Run(long from, long to) {}

    /** A new owner begins at an offset that the group has not committed yet. */
    void begin(long offset) {
        if (to > from) {
            earlier.addLast(new Run(from, to));
        }
        earlier.removeIf(run -> run.to <= offset);
        if (earlier.size() > RUNS_MAX) {
            earlier.removeFirst();
        }
        from = offset;
        to = offset;
    }

    /** Counts the delivery of everything up to an offset. */
    void sent(long nextOffset) {
        to = nextOffset;
    }

    /** Counts the delivery of an offset and answers which one it is, from 1 on. */
    int next(long offset) {
        to = offset + 1;
        int attempt = 1;
        for (Run run : earlier) {
            if (run.from <= offset && offset < run.to) {
                attempt++;
            }
        }
        return attempt;
    }
}
