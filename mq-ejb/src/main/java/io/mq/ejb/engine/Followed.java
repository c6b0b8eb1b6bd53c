package io.mq.ejb.engine;

/**
 * A state machine that has what it has committed told to its followers at once: the engine tells them with what comes next,
 * or with a heartbeat, which is late for whoever waits at one of them.
 */
public interface Followed {

    /** @param wake has a follower be told what it does not know */
    void following(Runnable wake);

    /** The follower is told no more. */
    void followingEnds(Runnable wake);
}
