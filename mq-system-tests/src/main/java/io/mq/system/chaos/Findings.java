package io.mq.system.chaos;

import java.io.PrintStream;

/** What the checks found wrong. Thread-safe. */
final class Findings {

    private static final int DETAILS_MAX = 20;

    private final PrintStream details;

    private long lost;
    private long reordered;
    private long divergent;
    private long shown;

    Findings(PrintStream details) {
        this.details = details;
    }

    /** An acknowledged message or commit is not there, or is damaged. */
    synchronized void lost(long count, String what) {
        if (count > 0) {
            lost += count;
            show("LOST", what);
        }
    }

    /** A message stands where it must not: before an earlier one, or twice although it was sent once. */
    synchronized void reordered(String what) {
        reordered++;
        show("REORDERED", what);
    }

    /** Nodes have different bytes where they must have the same, or one has too little. */
    synchronized void divergent(long count, String what) {
        divergent += count;
        show("DIVERGENT", what);
    }

    /** With the lock held. */
    private void show(String kind, String what) {
        if (shown++ < DETAILS_MAX) {
            details.println(kind + ": " + what);
        }
    }

    synchronized long lost() {
        return lost;
    }

    synchronized long reorderedCount() {
        return reordered;
    }

    synchronized long divergentCount() {
        return divergent;
    }

    synchronized boolean isEmpty() {
        return lost == 0 && reordered == 0 && divergent == 0;
    }
}
