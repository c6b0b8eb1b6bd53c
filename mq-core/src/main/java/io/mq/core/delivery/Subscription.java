package io.mq.core.delivery;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.PartitionId;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * A live tail of one or more partitions for one subscriber. An actor: everything happens in runs, one at a time, started
 * by whatever gives it work (messages, room at the subscriber, a changed assignment). An idle subscription holds no
 * thread, a slow one no more memory than an idle one.
 *
 * <p>A run begins on the thread of the subscriber's socket, where it has one, and sends what is in memory. Where there is
 * more to do it goes on in the shared pool, which may wait for the disk.
 *
 * <p>The public methods may be called by any thread and return at once.
 */
public final class Subscription {

    private static final Logger LOG = System.getLogger(Subscription.class.getName());

    /** Messages sent before a run lets other subscriptions have the thread. */
    private static final int RUN_MESSAGES_MAX = 512;

    /** The same on the thread of a socket, which has others to serve; whoever has more to read is not at the end. */
    private static final int SOCKET_RUN_MESSAGES_MAX = 64;

    private static final int IDLE = 0;
    private static final int SCHEDULED = 1;
    private static final int RUNNING = 2;
    private static final int RUNNING_AND_SIGNALLED = 3;

    private static final long READY = Long.MIN_VALUE;

    private final Subscriber subscriber;
    private final DeliveryContext context;
    private final Runnable onEnded;

    private final AtomicInteger state = new AtomicInteger(IDLE);
    private final Queue<Runnable> controls = new ConcurrentLinkedQueue<>();

    /** Changed by runs only; read by any. */
    private volatile Map<PartitionId, PartitionReader> readers = Map.of();

    /** Owned by runs. */
    private boolean hasEnded;

    /** Since when the subscriber has taken nothing because it was not ready, at the earliest; READY otherwise. */
    private final AtomicLong blockedSinceNanos = new AtomicLong(READY);

    /** @param onEnded called once, when this subscription has sent its last message */
    Subscription(Subscriber subscriber, DeliveryContext context, Runnable onEnded) {
        this.subscriber = subscriber;
        this.context = context;
        this.onEnded = onEnded;
    }

    /** The subscriber can take messages again. */
    public void resume() {
        signal();
    }

    /** Stops for good, without a word to the subscriber: it is gone. */
    public void cancel() {
        control(() -> end(null));
    }

    /** Stops for good and tells the subscriber why. */
    void end(BrokerException reason) {
        if (hasEnded) {
            return;
        }
        hasEnded = true;
        readers.values().forEach(reader -> reader.stopWaiting(context.waiters()));
        readers = Map.of();
        try {
            if (reason != null) {
                subscriber.end(reason);
            }
        } finally {
            onEnded.run();
        }
    }

    void endLater(BrokerException reason) {
        control(() -> end(reason));
    }

    /** Adds a partition, which the supplied reader opens on this subscription's next run. */
    void assign(ReaderFactory factory) {
        control(() -> open(factory));
    }

    /** Opens a reader; waits for the disk. Answers null where the partition no longer exists. */
    @FunctionalInterface
    interface ReaderFactory {
        PartitionReader open() throws IOException;
    }

    private void open(ReaderFactory factory) {
        if (hasEnded) {
            return;
        }
        try {
            PartitionReader reader = factory.open();
            if (reader != null) {
                reader.onGrowth(this::signal);
                Map<PartitionId, PartitionReader> more = new LinkedHashMap<>(readers);
                more.put(reader.partition(), reader);
                subscriber.assigned(reader.topic(), reader.partition(), reader.generation(), reader.position());
                readers = more;
            }
        } catch (IOException e) {
            end(context.unreadable(e));
        }
    }

    /** Gives a partition up; {@code onReleased} is called when nothing more of it will be sent. */
    void revoke(PartitionId partition, Runnable onReleased) {
        control(() -> {
            Map<PartitionId, PartitionReader> fewer = new LinkedHashMap<>(readers);
            PartitionReader revoked = fewer.remove(partition);
            if (revoked == null) {
                onReleased.run();
                return;
            }
            revoked.stopWaiting(context.waiters());
            readers = fewer;
            subscriber.revoked(revoked.topic(), partition, revoked.generation(), onReleased);
        });
    }

    /** The next offset that will be sent from a partition; empty where it is not read here. */
    OptionalLong position(PartitionId partition) {
        PartitionReader reader = readers.get(partition);
        return reader == null ? OptionalLong.empty() : OptionalLong.of(reader.position());
    }

    /** For each partition that is read here, the offset that its next message gets. */
    public Map<PartitionId, Long> ends() {
        Map<PartitionId, Long> ends = new HashMap<>();
        readers.forEach((partition, reader) -> ends.put(partition, reader.end()));
        return ends;
    }

    /**
     * For how long the subscriber has taken nothing although there is something; 0 where that is not so. Counts from
     * one call to the next: to be called regularly.
     */
    long stalledNanos() {
        long since = blockedSinceNanos.get();
        long now = context.nanoTime();
        if (since == READY) {
            return 0;
        }
        boolean hasMessages = readers.values().stream().anyMatch(reader -> !reader.isAtEnd());
        if (!hasMessages) {
            blockedSinceNanos.compareAndSet(since, now);
            return 0;
        }
        return now - since;
    }

    private void control(Runnable action) {
        controls.add(action);
        signal();
    }

    private void signal() {
        while (true) {
            int now = state.get();
            if (now == SCHEDULED || now == RUNNING_AND_SIGNALLED) {
                return;
            }
            if (state.compareAndSet(now, now == IDLE ? SCHEDULED : RUNNING_AND_SIGNALLED)) {
                if (now == IDLE) {
                    schedule();
                }
                return;
            }
        }
    }

    private void schedule() {
        Optional<Executor> socket = subscriber.socket();
        boolean isTaken = socket.isPresent() && controls.isEmpty() && isTaken(socket.get(), this::runOnSocket);
        if (!isTaken) {
            scheduleInPool();
        }
    }

    private void scheduleInPool() {
        if (!isTaken(context.executor(), this::runInPool)) {
            // The broker is closing; subscribers learn it from their edge.
            LOG.log(Level.DEBUG, "A subscription was to run after the end");
        }
    }

    private static boolean isTaken(Executor executor, Runnable run) {
        try {
            executor.execute(run);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private void runInPool() {
        run(() -> {
            runControls();
            return !hasEnded && send(RUN_MESSAGES_MAX, reader -> OptionalInt.of(reader.sendSome(subscriber, context)));
        });
    }

    private void runOnSocket() {
        run(() -> !controls.isEmpty()
                || !hasEnded && send(SOCKET_RUN_MESSAGES_MAX, reader -> reader.sendNewest(subscriber, context)));
    }

    /** @param work answers whether there is more to do, in the pool */
    private void run(BooleanSupplier work) {
        state.set(RUNNING);
        boolean hasMore = false;
        try {
            hasMore = work.getAsBoolean();
        } catch (RuntimeException | Error e) {
            endBrokenly(e);
        } finally {
            if (hasMore) {
                state.set(SCHEDULED);
                scheduleInPool();
            } else if (!state.compareAndSet(RUNNING, IDLE)) {
                state.set(SCHEDULED);
                schedule();
            }
        }
    }

    private void endBrokenly(Throwable e) {
        LOG.log(Level.ERROR, "Delivery to a subscriber failed in a way that nobody expected", e);
        try {
            end(BrokerException.caused(Reason.INTERNAL, "delivery failed: " + e, e));
        } catch (RuntimeException | Error again) {
            LOG.log(Level.DEBUG, "Its subscriber cannot be told either", again);
        }
    }

    private void runControls() {
        for (Runnable next = controls.poll(); next != null; next = controls.poll()) {
            next.run();
        }
    }

    /** Sends some of what a reader comes to next; answers how many messages, or nothing where that is not for this thread. */
    @FunctionalInterface
    private interface Sending {
        OptionalInt from(PartitionReader reader) throws IOException;
    }

    /**
     * Sends until nothing is left, the subscriber is full, or others should have a turn.
     *
     * @return whether there is more to do, in the pool
     */
    private boolean send(int messagesMax, Sending sending) {
        int sent = 0;
        try {
            for (boolean isProgress = true; isProgress; ) {
                isProgress = false;
                for (PartitionReader reader : readers.values()) {
                    if (!subscriber.isReady()) {
                        noteBlocked(sent > 0);
                        return false;
                    }
                    if (!reader.reachedEnd(context.waiters())) {
                        OptionalInt some = sending.from(reader);
                        if (some.isEmpty()) {
                            return true;
                        }
                        sent += some.getAsInt();
                        isProgress = true;
                    }
                    if (sent >= messagesMax) {
                        blockedSinceNanos.set(READY);
                        return true;
                    }
                }
            }
        } catch (IOException e) {
            end(context.unreadable(e));
            return false;
        }
        blockedSinceNanos.set(READY);
        return false;
    }

    private void noteBlocked(boolean hasSent) {
        if (hasSent || blockedSinceNanos.get() == READY) {
            blockedSinceNanos.set(context.nanoTime());
        }
    }
}
