package io.mq.client;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells the application what became of its messages, one batch after the other, and gives back the room that they took.
 *
 * <p>Confined to the loop; the application's code runs on its own executor.
 */
final class DeliveryReports {

    private final BufferBudget budget;
    private final Executor callbacks;

    DeliveryReports(BufferBudget budget, Executor callbacks) {
        this.budget = budget;
        this.callbacks = new SerialExecutor(callbacks);
    }

    /** @param durability empty where the server does not say */
    void stored(
            PendingBatch batch, int partition, long baseOffset, Optional<Durability> durability, boolean duplicate) {
        budget.giveBack(batch.budgetBytes());
        callbacks.execute(() -> batch.succeed(partition, baseOffset, durability, duplicate));
    }

    void failed(PendingBatch batch, MqException why) {
        budget.giveBack(batch.budgetBytes());
        callbacks.execute(() -> batch.fail(why));
    }

    /** Completes {@code told} when the application has been told of these batches, and of all before. */
    void whenTold(List<PendingBatch> unresolved, CompletableFuture<Void> told) {
        AtomicInteger left = new AtomicInteger(unresolved.size() + 1);
        Runnable one = () -> {
            if (left.decrementAndGet() == 0) {
                told.complete(null);
            }
        };
        unresolved.forEach(batch -> batch.onEnd(one));
        // Behind the callbacks of what was resolved just before.
        callbacks.execute(one);
    }
}
