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
        AtomicReference<CompletableFuture<R>> submitted = new AtomicReference<>();
        CompletableFuture<?> seek = seeks.compute(group, (key, pending) -> {
            if (isUnderWay(pending)) {
                return pending;
            }
            submitted.set(submission.get());
            return null;
        });
        return seek == null ? submitted.get() : after(seek, () -> commit(group, submission));
    }

    /** @param submission submits the seek; its future completes when live members know of it */
    <R> CompletableFuture<R> seek(String group, Supplier<CompletableFuture<R>> submission) {
        AtomicReference<CompletableFuture<R>> submitted = new AtomicReference<>();
        CompletableFuture<?> seek = seeks.compute(group, (key, pending) -> {
            if (isUnderWay(pending)) {
                return pending;
            }
            submitted.set(submission.get());
            return submitted.get();
        });
        CompletableFuture<R> mine = submitted.get();
        if (mine == null) {
            return after(seek, () -> seek(group, submission));
        }
        return mine.whenComplete((done, failure) -> seeks.remove(group, mine));
    }

    private static boolean isUnderWay(CompletableFuture<?> seek) {
        return seek != null && !seek.isDone();
    }

    private static <R> CompletableFuture<R> after(CompletableFuture<?> seek, Supplier<CompletableFuture<R>> next) {
        return seek.handle((done, failure) -> null).thenCompose(ended -> next.get());
    }
}
