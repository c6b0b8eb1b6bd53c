package io.mq.core.journal;

/** Told of what the journal does, for figures. Called on the journal's thread; must return at once. */
public interface JournalObserver {

    JournalObserver NONE = (commands, bytes, placedBytes, nanos) -> {};

    /**
     * One round is durable.
     *
     * @param bytes written to the journal
     * @param placedBytes of batches that were forced into their segments instead
     * @param forceNanos what the force took, and before it the placing of batches in their segments
     */
    void roundForced(int commands, int bytes, long placedBytes, long forceNanos);
}
