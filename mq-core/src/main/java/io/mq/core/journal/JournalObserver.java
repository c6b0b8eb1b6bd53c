package io.mq.core.journal;

/** Told of what a journal does, for figures. Called on the journal's threads; must return at once. */
public interface JournalObserver {

    JournalObserver NONE = (commands, bytes, placedBytes, nanos) -> {};

    /**
     * One round of a node without others is durable.
     *
     * @param bytes written to the journal
     * @param placedBytes of batches that were forced into their segments instead
     * @param forceNanos what the force took, and before it the placing of batches in their segments
     */
    void roundForced(int commands, int bytes, long placedBytes, long forceNanos);

    /**
     * One entry of a replicated log is applied, whichever node has proposed it.
     *
     * @param bytes of the entry
     */
    default void entryApplied(int commands, int bytes) {}

    /** An entry that this node has proposed, so long before, is on the disks of a majority, and applied here. */
    default void entryCommitted(long nanos) {}
}
