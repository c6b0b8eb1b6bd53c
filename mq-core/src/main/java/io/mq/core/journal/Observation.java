package io.mq.core.journal;

import io.mq.core.command.LogPosition;
import io.mq.core.error.BrokerException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A look at the state between two rounds, and whoever waits for it. */
record Observation<T>(Function<LogPosition, T> view, CompletableFuture<T> future) implements Work {

    void look(LogPosition applied) {
        try {
            future.complete(view.apply(applied));
        } catch (RuntimeException | Error e) {
            future.completeExceptionally(e);
        }
    }

    @Override
    public void refuse(BrokerException answer) {
        future.completeExceptionally(answer);
    }
}
