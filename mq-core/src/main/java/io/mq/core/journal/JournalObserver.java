package io.mq.core.journal;

/** Told of what the journal does, for figures. Called on the journal's thread; must return at once. */
public interface JournalObserver {

    JournalObserver NONE = (commands, bytes, nanos) -> {};

    /** One round is durable: so many commands in so many bytes, the force alone having taken so long. */
    void roundForced(int commands, int bytes, long forceNanos);
}
