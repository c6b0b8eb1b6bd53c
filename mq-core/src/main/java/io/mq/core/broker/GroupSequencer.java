package io.mq.core.broker;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Has the commits and seeks of one group wait while a seek is under way: a commit that was checked before the seek and
 * journaled after it would undo it.
 *
 * <p>Safe for use by any thread; nothing here waits.
 */
final class GroupSequencer {

    private final Map<String, CompletableFuture<?>> seeks = new ConcurrentHashMap<>();

    /** @param submission checks and submits; what it throws is thrown, or fails the future where it had to wait */
    <R> CompletableFuture<R> commit(String group, Supplier<CompletableFuture<R>> submission) {
        return submit(group, submission, false);
    }

    /** @param submission submits the seek; its future completes when live members know of it */
    <R> CompletableFuture<R> seek(String group, Supplier<CompletableFuture<R>> submission) {
        return submit(group, submission, true)
                .whenComplete((done, failure) -> seeks.computeIfPresent(group, (key, seek) -> orNullIfDone(seek)));
    }

    private <R> CompletableFuture<R> submit(
            String group, Supplier<CompletableFuture<R>> submission, boolean othersWait) {
        AtomicReference<CompletableFuture<R>> submitted = new AtomicReference<>();
        CompletableFuture<?> seek = seeks.compute(group, (key, pending) -> {
            if (pending != null && !pending.isDone()) {
                return pending;
            }
            submitted.set(submission.get());
            return othersWait ? submitted.get() : null;
        });
        return submitted.get() != null
                ? submitted.get()
                : seek.handle((done, failure) -> null).thenCompose(ended -> submit(group, submission, othersWait));
    }

    private static CompletableFuture<?> orNullIfDone(CompletableFuture<?> seek) {
        return seek.isDone() ? null : seek;
    }
}
