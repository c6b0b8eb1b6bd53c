package io.mq.client;

import io.mq.client.AssignmentEvent.Change;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/**
 * The partitions that a consumer reads, on the stream that is open or on the one before, and what the application has to be
 * told of them.
 *
 * <p>Safe for use by any thread, but for what says that the caller holds the lock.
 */
final class Assignments {

    private final ConsumerConfig config;
    private final ConsumerLock lock;
    private final ReadyLine line;
    private final TakenCredit credit;

    private final Map<TopicPartition, AssignedPartition> assigned = new HashMap<>();

    /** What was assigned on a stream that is gone, until it is assigned again or known to be lost. */
    private final Map<TopicPartition, AssignedPartition> suspended = new HashMap<>();

    private final Queue<AssignmentEvent> events = new ArrayDeque<>();

    private MqException closed;

    Assignments(ConsumerConfig config, ConsumerLock lock, ReadyLine line, TakenCredit credit) {
        this.config = config;
        this.lock = lock;
        this.line = line;
        this.credit = credit;
    }

    // ---- what the server says

    /**
     * A partition is this consumer's.
     *
     * @return whether it goes on from where it was before the stream broke, so that its commits are to be sent again
     */
    boolean assign(TopicPartition name, long generation, long offset) {
        boolean[] continued = new boolean[1];
        lock.change(() -> {
            AssignedPartition before = suspended.remove(name);
            continued[0] = before != null && (config.group().isEmpty() || before.isContinuedBy(generation, offset));
            AssignedPartition present;
            if (continued[0]) {
                present = before;
                before.resume(generation, offset);
            } else {
                present = assignAnew(name, generation, offset);
                if (before != null) {
                    events.add(new AssignmentEvent(Change.LOST, before));
                }
                if (!present.announced) {
                    events.add(new AssignmentEvent(Change.ASSIGNED, present));
                }
            }
            assigned.put(name, present);
            line.enter(present);
        });
        return continued[0];
    }

    private AssignedPartition assignAnew(TopicPartition name, long generation, long offset) {
        AssignedPartition present = assigned.get(name);
        if (present == null || present.revoked) {
            return new AssignedPartition(name, generation, offset);
        }
        // The group was moved while this consumer stays: the application is told of no change.
        AssignedPartition moved = move(present, offset);
        moved.generation = generation;
        return moved;
    }

    void revoke(TopicPartition name, long generation) {
        lock.change(() -> {
            AssignedPartition partition = assigned.get(name);
            if (partition != null && partition.generation == generation && !partition.revoked) {
                partition.revoked = true;
                credit.takeInVain(partition);
                events.add(new AssignmentEvent(Change.REVOKED, partition));
            }
        });
    }

    /** The stream is gone. What was handed out stays known, in case that the partitions come again. */
    void suspend() {
        lock.change(() -> {
            for (AssignedPartition partition : assigned.values()) {
                partition.dropReceived();
                partition.hasHole = false;
                if (!partition.revoked) {
                    suspended.put(partition.partition, partition);
                }
            }
            assigned.clear();
            credit.reset();
        });
    }

    /** The server has assigned what it assigns; the rest belongs to others. */
    List<AssignedPartition> giveUpSuspended() {
        List<AssignedPartition> lost = new ArrayList<>();
        if (lock.get(suspended::isEmpty)) {
            return lost;
        }
        lock.change(() -> {
            lost.addAll(suspended.values());
            lost.forEach(partition -> events.add(new AssignmentEvent(Change.LOST, partition)));
            suspended.clear();
        });
        return lost;
    }

    // ---- what the application hears of it

    AssignmentEvent pollEvent() {
        return lock.get(events::poll);
    }

    /** The application has been told of it, so that messages may follow. */
    void announce(AssignedPartition partition) {
        lock.change(() -> {
            partition.announced = true;
            line.enter(partition);
        });
    }

    /** What runs, outside the lock, whenever there may be something for the application. */
    void onChange(Runnable listener) {
        lock.onChange(listener);
    }

    /** Waits until something has happened or messages have come. @return the time that is left */
    long awaitChange(long nanos) throws InterruptedException {
        return lock.await(() -> closed != null || !events.isEmpty() || !line.isEmpty(), nanos);
    }

    void close(MqException why) {
        lock.change(() -> closed = closed == null ? why : closed);
    }

    /** @throws MqException where the consumer is closed, or has failed */
    void requireOpen() {
        MqException why = lock.get(() -> closed);
        if (why != null) {
            throw why;
        }
    }

    // ---- how far the application is

    /** All that was handed out is processed. */
    void settle() {
        lock.run(() -> all().forEach(partition -> partition.processed = partition.position));
    }

    /**
     * Notes that the application is through with messages.
     *
     * @return whether those that follow are to be handed in as well
     */
    boolean processed(AssignedPartition partition, long nextOffset) {
        return lock.get(() -> {
            partition.processed = nextOffset;
            return !partition.revoked && isKnown(partition);
        });
    }

    /** It has been handed over. */
    void forget(AssignedPartition partition) {
        lock.run(() -> assigned.remove(partition.partition, partition));
    }

    /** @return whether the stream has to be opened again to fill a hole */
    boolean setPaused(TopicPartition name, boolean paused) {
        boolean[] hole = new boolean[1];
        lock.change(() -> find(name).ifPresent(partition -> {
            partition.paused = paused;
            hole[0] = !paused && partition.hasHole;
            line.enter(partition);
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
        return lock.get(() -> {
            if (assigned.get(before.partition) != before || before.revoked) {
                return false;
            }
            AssignedPartition moved = move(before, offset);
            moved.expected = before.expected;
            moved.soughtAway = true;
            return true;
        });
    }

    boolean isSoughtAway(TopicPartition name) {
        return lock.get(() -> find(name).map(partition -> partition.soughtAway).orElse(false));
    }

    /** Puts the same assignment, from another offset on, in the place of this one. The caller holds the lock. */
    AssignedPartition move(AssignedPartition partition, long offset) {
        credit.takeInVain(partition);
        AssignedPartition moved = partition.movedTo(offset);
        assigned.put(partition.partition, moved);
        return moved;
    }

    // ---- which there are

    /** What is assigned on the stream that is open; or null. The caller holds the lock. */
    AssignedPartition assigned(TopicPartition name) {
        return assigned.get(name);
    }

    /** Whether nothing has taken its place. The caller holds the lock. */
    boolean isKnown(AssignedPartition partition) {
        return assigned.get(partition.partition) == partition || suspended.get(partition.partition) == partition;
    }

    Optional<AssignedPartition> find(TopicPartition name) {
        return lock.get(
                () -> Optional.ofNullable(assigned.get(name)).or(() -> Optional.ofNullable(suspended.get(name))));
    }

    List<AssignedPartition> all() {
        return lock.get(() -> {
            List<AssignedPartition> all = new ArrayList<>(assigned.values());
            all.addAll(suspended.values());
            return all;
        });
    }
}
