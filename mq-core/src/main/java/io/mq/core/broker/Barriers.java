package io.mq.core.broker;

import io.mq.core.command.BarrierCommand;
import io.mq.core.journal.Journal;
import java.util.concurrent.CompletableFuture;

/**
 * Waits until this node has applied everything that was committed in a shard before it was asked, by having one more
 * command committed: no belief about who leads has a part in it. Whoever asks while one is under way shares the next.
 *
 * <p>Safe for use by any thread.
 */
final class Barriers {

    private final Journal journal;

    /** Guarded by {@code this}. Null while none is under way. */
    private CompletableFuture<Boolean> current;

    /** Guarded by {@code this}. Begins when the current one ends; null where nobody waits for it. */
    private CompletableFuture<Void> next;

    Barriers(Journal journal) {
        this.journal = journal;
    }

    /** Fails where the shard commits nothing. */
    synchronized CompletableFuture<Void> pass() {
        if (current == null) {
            return begin();
        }
        if (next == null) {
            next = new CompletableFuture<>();
        }
        return next;
    }

    private CompletableFuture<Void> begin() {
        CompletableFuture<Boolean> begun = journal.submit(new BarrierCommand());
        current = begun;
        CompletableFuture<Void> passed = begun.thenAccept(done -> {});
        var unused = begun.whenComplete((done, failure) -> beginNext());
        return passed;
    }

    private synchronized void beginNext() {
        current = null;
        if (next != null) {
            CompletableFuture<Void> waiting = next;
            next = null;
            var unused = begin().whenComplete((done, failure) -> {
                if (failure == null) {
                    waiting.complete(null);
                } else {
                    waiting.completeExceptionally(failure);
                }
            });
        }
    }
}
