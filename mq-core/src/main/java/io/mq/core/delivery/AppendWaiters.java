package io.mq.core.delivery;

import io.mq.core.message.PartitionId;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who sleeps until a partition grows. Only a reader that has read everything is here, so a partition's growth costs
 * nothing for readers that are slow, stuck or elsewhere.
 *
 * <p>Safe for use by any thread.
 */
public final class AppendWaiters {

    private final Map<PartitionId, Set<Runnable>> waiters = new ConcurrentHashMap<>();

    /**
     * Has {@code waiter} run once, at the partition's next growth, on the thread that reports it. The caller must look
     * at the partition's end again afterwards: it may have grown before this call took effect.
     */
    public void add(PartitionId partition, Runnable waiter) {
        waiters.compute(partition, (p, present) -> {
            Set<Runnable> all = present == null ? new HashSet<>(4) : present;
            all.add(waiter);
            return all;
        });
    }

    public void remove(PartitionId partition, Runnable waiter) {
        waiters.computeIfPresent(partition, (p, all) -> {
            all.remove(waiter);
            return all.isEmpty() ? null : all;
        });
    }

    void wake(PartitionId partition) {
        Set<Runnable> woken = waiters.remove(partition);
        if (woken != null) {
            woken.forEach(Runnable::run);
        }
    }

    /** How many partitions are waited for; for tests. */
    int partitions() {
        return waiters.size();
    }
}
