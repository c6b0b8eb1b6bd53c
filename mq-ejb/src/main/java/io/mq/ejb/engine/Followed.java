package io.mq.ejb.engine;

/**
 * A state machine that has what it has committed told to its followers at once, since the engine tells them with what comes
 * next, or with a heartbeat, which is late for whoever waits at one of them; and that says when it can be asked something.
 */
public interface Followed {

    /** @param wake has a follower be told what it does not know */
    void following(Runnable wake);

    /** The follower is told no more. */
    void followingEnds(Runnable wake);

    /**
     * Whether other replicas' requests may come. While its log is opened a second time, the others go on sending, and
     * Ratis 3.2.2 fails to open it where it is asked something meanwhile.
     */
    boolean isTakingRequests();

    /** Says that the engine appends nothing more to this replica's log until it is opened anew. */
    void appendsHaveEnded(Throwable why);
}
