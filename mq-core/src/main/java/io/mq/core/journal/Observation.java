package io.mq.core.journal;

import io.mq.core.error.BrokerException;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;

/** A look at the state between two rounds, and whoever waits for it. */
record Observation<T>(LongFunction<T> view, CompletableFuture<T> future) implements Work {

    void look(long appliedIndex) {
        try {
            future.complete(view.apply(appliedIndex));
        } catch (RuntimeException | Error e) {
            future.completeExceptionally(e);
        }
    }

    @Override
    public void refuse(BrokerException answer) {
        future.completeExceptionally(answer);
    }
}
