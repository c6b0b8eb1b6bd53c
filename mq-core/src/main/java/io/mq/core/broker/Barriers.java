package io.mq.core.broker;

import io.mq.core.command.BarrierCommand;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.journal.Journal;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Waits until this node has applied everything that was committed in a shard before it was asked, by having one more
 * command committed: no belief about who leads has a part in it. Whoever asks while one is under way shares the next.
 *
 * <p>Safe for use by any thread.
 */
final class Barriers {

    private static final int ATTEMPTS = 10;
    private static final Duration BETWEEN = Duration.ofMillis(200);

    private final Journal journal;

    /** Guarded by {@code this}. Null while none is under way. */
    private CompletableFuture<Boolean> current;

    /** Guarded by {@code this}. Begins when the current one ends; null where nobody waits for it. */
    private CompletableFuture<Void> next;

    Barriers(Journal journal) {
        this.journal = journal;
    }

    /**
     * Tries again, for some seconds, where nobody knows what has become of one, as when the leader changes: nothing hangs
     * on it.
     *
     * @return fails with {@link Reason#NOT_LEADER} where the shard commits nothing
     */
    CompletableFuture<Void> pass() {
        return pass(ATTEMPTS);
    }

    private CompletableFuture<Void> pass(int attempts) {
        return passOnce().exceptionallyCompose(failure -> {
            if (attempts == 1) {
                return CompletableFuture.failedFuture(
                        BrokerException.notLeading("nothing is agreed upon at the moment; ask again"));
            }
            Executor later = CompletableFuture.delayedExecutor(BETWEEN.toMillis(), TimeUnit.MILLISECONDS);
            return CompletableFuture.runAsync(() -> {}, later).thenCompose(done -> pass(attempts - 1));
        });
    }

    private synchronized CompletableFuture<Void> passOnce() {
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
