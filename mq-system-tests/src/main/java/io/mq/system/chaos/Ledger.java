package io.mq.system.chaos;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * What one partition has promised: which message was acknowledged at which offset, and how far a group's commits got.
 * Thread-safe.
 */
final class Ledger {

    private static final int NOTHING = -1;

    /** The number of the message at each offset; a long run has tens of millions. */
    private int[] acknowledgedAt = new int[1024];

    /** One more than the highest acknowledged offset. */
    private int end;

    private long acknowledged;
    private final Set<Long> retried = new HashSet<>();
    private long committedAcknowledged;
    private long committedAttempted;

    Ledger() {
        Arrays.fill(acknowledgedAt, NOTHING);
    }

    synchronized void acknowledged(long offset, long sequence) {
        int at = Math.toIntExact(offset);
        if (at >= acknowledgedAt.length) {
            int length = acknowledgedAt.length;
            acknowledgedAt = Arrays.copyOf(acknowledgedAt, Math.max(at + 1, length * 2));
            Arrays.fill(acknowledgedAt, length, acknowledgedAt.length, NOTHING);
        }
        acknowledgedAt[at] = Math.toIntExact(sequence);
        end = Math.max(end, at + 1);
        acknowledged++;
    }

    /** The outcome of sending this one is unknown, and it will be sent again. */
    synchronized void retried(long sequence) {
        retried.add(sequence);
    }

    synchronized boolean wasRetried(long sequence) {
        return retried.contains(sequence);
    }

    /** Whether what is at this offset may be this message. */
    synchronized boolean allows(long offset, long sequence) {
        return offset >= end || acknowledgedAt[(int) offset] == NOTHING || acknowledgedAt[(int) offset] == sequence;
    }

    /** One more than the highest acknowledged offset. */
    synchronized long end() {
        return end;
    }

    /** Acknowledged messages from an offset on, up to before another. */
    synchronized long acknowledgedBetween(long from, long to) {
        long count = 0;
        for (long at = from; at < Math.min(to, end); at++) {
            count += acknowledgedAt[(int) at] == NOTHING ? 0 : 1;
        }
        return count;
    }

    synchronized long acknowledged() {
        return acknowledged;
    }

    synchronized void commitAttempted(long offset) {
        committedAttempted = Math.max(committedAttempted, offset);
    }

    synchronized void commitAcknowledged(long offset) {
        committedAcknowledged = Math.max(committedAcknowledged, offset);
    }

    /** Whether a group may be here after a restart: not before what it was promised, not after what it asked for. */
    synchronized boolean allowsCommitted(long offset) {
        return offset >= committedAcknowledged && offset <= committedAttempted;
    }
}
