package io.mq.bench.peers.broker;

/** How a producer sends. */
public enum PublishMode {
    /** For throughput: batches as the broker's documentation recommends them. */
    BATCHED,
    /** Each message by itself, {@link #SINGLES_IN_FLIGHT} unacknowledged at the most. */
    SINGLE,
    /** For latency: nothing waits for company. */
    PROMPT;

    /** As many as {@code mq bench unary} keeps. */
    public static final int SINGLES_IN_FLIGHT = 1024;
}
