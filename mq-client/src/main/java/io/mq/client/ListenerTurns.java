package io.mq.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * At which partitions a listener is at work: at each at the most once, so that its messages come one after the other, and
 * what is said of the partition after them.
 *
 * <p>Safe for use by any thread.
 */
final class ListenerTurns {

    private final ConsumerLock lock;
    private final Assignments assignments;
    private final ReadyLine line;

    private final Map<TopicPartition, AssignedPartition> running = new HashMap<>();

    /** What is to be told when a listener has returned. */
    private final List<AssignmentEvent> deferred = new ArrayList<>();

    ListenerTurns(ConsumerLock lock, Assignments assignments, ReadyLine line) {
        this.lock = lock;
        this.assignments = assignments;
        this.line = line;
    }

    /** A partition with messages at which no listener is at work, and now one is; or null. */
    AssignedPartition begin() {
        return lock.get(() -> {
            AssignedPartition next = line.poll();
            while (next != null && (!next.hasMessages() || running.putIfAbsent(next.partition, next) != null)) {
                next = line.poll();
            }
            return next;
        });
    }

    /**
     * Keeps an event back until the listener at work has returned.
     *
     * @return false where none is
     */
    boolean defer(AssignmentEvent event) {
        return lock.get(() -> running.get(event.partition().partition) == event.partition() && deferred.add(event));
    }

    /**
     * No listener is at work any more.
     *
     * @return what was kept back for that
     */
    List<AssignmentEvent> end(AssignedPartition partition) {
        return lock.get(() -> {
            running.remove(partition.partition);
            assignments.find(partition.partition).ifPresent(line::enter);
            List<AssignmentEvent> due = deferred.stream()
                    .filter(event -> event.partition() == partition)
                    .toList();
            deferred.removeAll(due);
            return due;
        });
    }

    boolean isRunning() {
        return lock.get(() -> !running.isEmpty());
    }
}
