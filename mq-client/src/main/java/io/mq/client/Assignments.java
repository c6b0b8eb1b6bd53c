package io.mq.client;

import io.mq.batch.RecordBatch;
import io.mq.proto.Credit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The partitions that a consumer reads, what has come of them, and what the application has to be told. The loop puts in,
 * the application's threads take out.
 *
 * <p>Safe for use by any thread.
 */
final class Assignments {

    /** What happened to a partition, for the application. */
    enum Change {
        ASSIGNED,
        REVOKED,
        LOST
    }

    record Event(Change change, AssignedPartition partition) {}

    private final ConsumerConfig config;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private final Map<TopicPartition, AssignedPartition> assigned = new HashMap<>();

    /** Those that may have messages to hand out, each once, in the order of their turns. */
    private final Queue<AssignedPartition> line = new ArrayDeque<>();

    /** What was assigned on a stream that is gone, until it is assigned again or known to be lost. */
    private final Map<TopicPartition, AssignedPartition> suspended = new HashMap<>();

    private final Queue<Event> events = new ArrayDeque<>();

    /** At which a listener is at work. */
    private final Map<TopicPartition, AssignedPartition> running = new HashMap<>();

    /** What is to be told when a listener has returned. */
    private final List<Event> deferred = new ArrayList<>();

    /** Taken since the last credit was given. */
    private long takenMessages;

    private long takenBytes;

    private MqException closed;
    private Runnable onChange = () -> {};

    Assignments(ConsumerConfig config) {
        this.config = config;
    }

    <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /** What runs, outside the lock, whenever there may be something for the application. */
    void onChange(Runnable action) {
        locked(() -> onChange = action);
    }

    private void tell(Runnable changes) {
        Runnable listener = locked(() -> {
            changes.run();
            changed.signalAll();
            return onChange;
        });
        listener.run();
    }

    // ---- the loop's side

    /**
     * A partition is this consumer's.
     *
     * @return whether it goes on from where it was before the stream broke, so that its commits are to be sent again
     */
    boolean assign(TopicPartition name, long generation, long offset) {
        boolean[] continued = new boolean[1];
        tell(() -> {
            AssignedPartition before = suspended.remove(name);
            continued[0] = before != null && (config.group().isEmpty() || before.isContinuedBy(generation, offset));
            AssignedPartition present;
            if (continued[0]) {
                present = before;
                before.resume(generation, offset);
            } else {
                present = assignAnew(name, generation, offset);
                if (before != null) {
                    events.add(new Event(Change.LOST, before));
                }
                if (!present.announced) {
                    events.add(new Event(Change.ASSIGNED, present));
                }
            }
            assigned.put(name, present);
            enterLine(present);
        });
        return continued[0];
    }

    private AssignedPartition assignAnew(TopicPartition name, long generation, long offset) {
        AssignedPartition present = assigned.get(name);
        if (present == null || present.revoked) {
            return new AssignedPartition(name, generation, offset);
        }
        // The group was moved while this consumer stays: the application is told of no change.
        giveBack(present);
        AssignedPartition moved = present.movedTo(offset);
        moved.generation = generation;
        return moved;
    }

    void revoke(TopicPartition name, long generation) {
        tell(() -> {
            AssignedPartition partition = assigned.get(name);
            if (partition != null && partition.generation == generation && !partition.revoked) {
                partition.revoked = true;
                giveBack(partition);
                events.add(new Event(Change.REVOKED, partition));
            }
        });
    }

    /** What comes in vain is credit to give again. */
    private void giveBack(AssignedPartition partition) {
        takenMessages +=
                partition.received.stream().mapToLong(RecordBatch::count).sum();
        takenBytes += partition.receivedBytes;
        partition.received.clear();
        partition.receivedBytes = 0;
        partition.current = null;
    }

    void receive(ReceivedBatches batches) {
        tell(() -> {
            AssignedPartition present = assigned.get(batches.partition());
            if (present == null || present.revoked || present.generation != batches.generation()) {
                takeInVain(batches);
                return;
            }
            AssignedPartition partition = atItsPlace(present, batches.fromOffset());
            partition.expected = batches.nextOffset();
            if (partition.soughtAway || isTooMuch(partition, batches)) {
                takeInVain(batches);
                return;
            }
            partition.received.addAll(batches.batches());
            partition.receivedBytes += batches.bytes();
            enterLine(partition);
        });
    }

    private void takeInVain(ReceivedBatches batches) {
        takenMessages += batches.messages();
        takenBytes += batches.bytes();
    }

    private void enterLine(AssignedPartition partition) {
        if (!partition.inLine && partition.hasMessages()) {
            partition.inLine = true;
            line.add(partition);
        }
    }

    /** The server goes back where the group was moved; what was received before is then outdated. */
    private AssignedPartition atItsPlace(AssignedPartition partition, long fromOffset) {
        boolean isMoved = partition.soughtAway ? fromOffset == partition.position : fromOffset < partition.expected;
        return isMoved ? replace(partition, fromOffset) : partition;
    }

    private AssignedPartition replace(AssignedPartition partition, long offset) {
        giveBack(partition);
        AssignedPartition moved = partition.movedTo(offset);
        assigned.put(partition.partition, moved);
        return moved;
    }

    /** A paused partition may not take all the credit from the others. */
    private boolean isTooMuch(AssignedPartition partition, ReceivedBatches batches) {
        boolean isTooMuch = partition.hasHole
                || partition.paused && partition.receivedBytes + batches.bytes() > config.creditBytes() / 4;
        partition.hasHole = isTooMuch;
        return isTooMuch;
    }

    /** The stream is gone. What was handed out stays known, in case that the partitions come again. */
    void suspend() {
        tell(() -> {
            for (AssignedPartition partition : assigned.values()) {
                partition.received.clear();
                partition.receivedBytes = 0;
                partition.hasHole = false;
                if (partition.revoked) {
                    continue;
                }
                suspended.put(partition.partition, partition);
            }
            assigned.clear();
            takenMessages = 0;
            takenBytes = 0;
        });
    }

    /** The server has assigned what it assigns; the rest belongs to others. */
    List<AssignedPartition> giveUpSuspended() {
        List<AssignedPartition> lost = new ArrayList<>();
        if (locked(suspended::isEmpty)) {
            return lost;
        }
        tell(() -> {
            lost.addAll(suspended.values());
            lost.forEach(partition -> events.add(new Event(Change.LOST, partition)));
            suspended.clear();
        });
        return lost;
    }

    void close(MqException why) {
        tell(() -> closed = closed == null ? why : closed);
    }

    // ---- the application's side

    /** The credit to give now: what was taken, once that is half of all. */
    Optional<Credit> creditDue() {
        return locked(() -> {
            if (!isCreditDue()) {
                return Optional.empty();
            }
            Credit credit = Credit.newBuilder()
                    .setMessages(takenMessages)
                    .setBytes(takenBytes)
                    .build();
            takenMessages = 0;
            takenBytes = 0;
            return Optional.of(credit);
        });
    }

    boolean isCreditDue() {
        return locked(() -> takenBytes > config.creditBytes() / 2 || takenMessages > config.creditMessages() / 2);
    }

    Event pollEvent() {
        return locked(events::poll);
    }

    /** Waits until something has happened or messages have come. @return the time that is left */
    long awaitChange(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (left > 0 && closed == null && events.isEmpty() && line.isEmpty()) {
                left = changed.awaitNanos(left);
            }
            return left;
        } finally {
            lock.unlock();
        }
    }

    /** @throws MqException where the consumer is closed, or has failed */
    void requireOpen() {
        MqException why = locked(() -> closed);
        if (why != null) {
            throw why;
        }
    }

    /**
     * Takes the next messages of the next partition that has some, at the most so many; a batch or a part of it.
     *
     * @return null where there are none
     * @throws MqException where the bytes are not what was stored
     */
    ConsumedBatch take(int messagesMax) {
        AssignedPartition next = locked(this::pollLine);
        while (next != null) {
            AssignedPartition partition = next;
            ConsumedBatch taken = take(partition, messagesMax);
            locked(() -> {
                enterLine(partition);
                return null;
            });
            if (taken != null) {
                return taken;
            }
            next = locked(this::pollLine);
        }
        return null;
    }

    private AssignedPartition pollLine() {
        AssignedPartition next = line.poll();
        if (next != null) {
            next.inLine = false;
        }
        return next;
    }

    /** A batch that is about to be handed out: opened before, or as it was received. */
    private record Next(ConsumedBatch opened, RecordBatch received, long position) {}

    /**
     * Takes the next messages of this partition; by one thread at a time.
     *
     * @return null where there are none
     * @throws MqException where the bytes are not what was stored
     */
    ConsumedBatch take(AssignedPartition partition, int messagesMax) {
        Next next = locked(() -> next(partition));
        while (next != null) {
            // Outside the lock: to check and to restore it takes a while, and the loop has more to put in.
            ConsumedBatch opened = next.opened() == null ? open(partition, next) : next.opened();
            ConsumedBatch taken = locked(() -> handOut(partition, opened, messagesMax));
            if (taken != null) {
                return taken;
            }
            next = locked(() -> next(partition));
        }
        return null;
    }

    private ConsumedBatch open(AssignedPartition partition, Next next) {
        try {
            return ConsumedBatch.open(partition.partition, next.received(), next.position());
        } catch (MqException e) {
            // What comes behind it must not be handed out before it.
            locked(() -> {
                giveBack(partition);
                return partition.hasHole = true;
            });
            throw e;
        }
    }

    private Next next(AssignedPartition partition) {
        while (partition.hasMessages() && isKnown(partition)) {
            if (partition.current != null) {
                return new Next(partition.current, null, partition.position);
            }
            RecordBatch received = partition.received.remove();
            partition.receivedBytes -= received.sizeInBytes();
            takenMessages += received.count();
            takenBytes += received.sizeInBytes();
            // What ends below was handed out before the stream broke.
            if (received.nextOffset() > partition.position) {
                return new Next(null, received, partition.position);
            }
        }
        return null;
    }

    private ConsumedBatch handOut(AssignedPartition partition, ConsumedBatch opened, int messagesMax) {
        if (partition.revoked || !isKnown(partition)) {
            return null;
        }
        long from = Math.max(partition.position, opened.offset());
        long to = Math.min(opened.nextOffset(), from + messagesMax);
        partition.position = to;
        partition.current = to == opened.nextOffset() ? null : opened;
        return opened.part(from, to);
    }

    private boolean isKnown(AssignedPartition partition) {
        return assigned.get(partition.partition) == partition || suspended.get(partition.partition) == partition;
    }

    /** All that was handed out is processed. */
    void settle() {
        locked(() -> {
            forEachKnown(partition -> partition.processed = partition.position);
            return null;
        });
    }

    private void forEachKnown(Consumer<AssignedPartition> action) {
        assigned.values().forEach(action);
        suspended.values().forEach(action);
    }

    Optional<AssignedPartition> find(TopicPartition name) {
        return locked(() -> Optional.ofNullable(assigned.get(name)).or(() -> Optional.ofNullable(suspended.get(name))));
    }

    List<AssignedPartition> all() {
        return locked(() -> {
            Deque<AssignedPartition> all = new ArrayDeque<>();
            forEachKnown(all::add);
            return List.copyOf(all);
        });
    }

    /** The application has been told of it, so that messages may follow. */
    void announce(AssignedPartition partition) {
        tell(() -> {
            partition.announced = true;
            enterLine(partition);
        });
    }

    /** It has been handed over. */
    void forget(AssignedPartition partition) {
        locked(() -> assigned.remove(partition.partition, partition));
    }

    /** @return whether the stream has to be opened again to fill a hole */
    boolean setPaused(TopicPartition name, boolean paused) {
        boolean[] hole = new boolean[1];
        tell(() -> find(name).ifPresent(partition -> {
            partition.paused = paused;
            hole[0] = !paused && partition.hasHole;
            enterLine(partition);
        }));
        return hole[0];
    }

    // ---- seeks

    /**
     * The group was moved: what was received before is not handed out any more.
     *
     * @param before what was assigned when this was asked for
     * @return whether the server's going on there is still to come
     */
    boolean leave(AssignedPartition before, long offset) {
        return locked(() -> {
            if (assigned.get(before.partition) != before || before.revoked) {
                return false;
            }
            AssignedPartition moved = replace(before, offset);
            moved.expected = before.expected;
            moved.soughtAway = true;
            return true;
        });
    }

    boolean isSoughtAway(TopicPartition name) {
        return locked(() -> find(name).map(partition -> partition.soughtAway).orElse(false));
    }

    // ---- listeners

    /** A partition with messages at which no listener is at work, and now one is; or null. */
    AssignedPartition claimReady() {
        return locked(() -> {
            AssignedPartition next = pollLine();
            while (next != null && (!next.hasMessages() || running.putIfAbsent(next.partition, next) != null)) {
                next = pollLine();
            }
            return next;
        });
    }

    /**
     * Notes that the application is through with messages.
     *
     * @return whether those that follow are to be handed in as well
     */
    boolean processed(AssignedPartition partition, long nextOffset) {
        return locked(() -> {
            partition.processed = nextOffset;
            return !partition.revoked && isKnown(partition);
        });
    }

    /**
     * Keeps an event back until the listener at work has returned.
     *
     * @return false where none is
     */
    boolean deferWhileRunning(Event event) {
        return locked(() -> running.get(event.partition().partition) == event.partition() && deferred.add(event));
    }

    /**
     * No listener is at work any more.
     *
     * @return what was kept back for that
     */
    List<Event> stopRunning(AssignedPartition partition) {
        return locked(() -> {
            running.remove(partition.partition);
            find(partition.partition).ifPresent(this::enterLine);
            List<Event> due = deferred.stream()
                    .filter(event -> event.partition() == partition)
                    .toList();
            deferred.removeAll(due);
            return due;
        });
    }

    boolean isRunning() {
        return locked(() -> !running.isEmpty());
    }
}
