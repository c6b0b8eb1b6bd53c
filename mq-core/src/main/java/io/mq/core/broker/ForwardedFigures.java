package io.mq.core.broker;

import java.util.concurrent.atomic.LongAdder;

/** What this node has passed on to the one that leads, since its start. Safe for use by any thread. */
public final class ForwardedFigures {

    private final LongAdder calls = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    public void call() {
        calls.increment();
    }

    /** @param more of messages, there or back */
    public void bytes(long more) {
        bytes.add(more);
    }

    public long calls() {
        return calls.sum();
    }

    public long bytes() {
        return bytes.sum();
    }
}
