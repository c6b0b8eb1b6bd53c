package io.mq.client;

import io.mq.batch.RecordBatch;

/**
 * Messages from their arrival until the application takes them: the loop puts in, the application's threads take out, each
 * partition in its turn.
 *
 * <p>Safe for use by any thread.
 */
final class ReceiveBuffer {

    private final ConsumerConfig config;
    private final ConsumerLock lock;
    private final Assignments assignments;
    private final ReadyLine line;
    private final TakenCredit credit;

    ReceiveBuffer(
            ConsumerConfig config, ConsumerLock lock, Assignments assignments, ReadyLine line, TakenCredit credit) {
        this.config = config;
        this.lock = lock;
        this.assignments = assignments;
        this.line = line;
        this.credit = credit;
    }

    // ---- in

    void receive(ReceivedBatches batches) {
        lock.change(() -> {
            AssignedPartition present = assignments.assigned(batches.partition());
            if (present == null || present.revoked || present.generation != batches.generation()) {
                credit.takeInVain(batches);
                return;
            }
            AssignedPartition partition = atItsPlace(present, batches.fromOffset());
            partition.expected = batches.nextOffset();
            if (partition.soughtAway || isTooMuch(partition, batches)) {
                credit.takeInVain(batches);
                return;
            }
            partition.received.addAll(batches.batches());
            partition.receivedBytes += batches.bytes();
            line.enter(partition);
        });
    }

    /** The server goes back where the group was moved; what was received before is then outdated. */
    private AssignedPartition atItsPlace(AssignedPartition partition, long fromOffset) {
        boolean isMoved = partition.soughtAway ? fromOffset == partition.position : fromOffset < partition.expected;
        return isMoved ? assignments.move(partition, fromOffset) : partition;
    }

    /** A paused partition may not take all the credit from the others. */
    private boolean isTooMuch(AssignedPartition partition, ReceivedBatches batches) {
        boolean isTooMuch = partition.hasHole
                || partition.paused && partition.receivedBytes + batches.bytes() > config.creditBytes() / 4;
        partition.hasHole = isTooMuch;
        return isTooMuch;
    }

    // ---- out

    /**
     * Takes the next messages of the next partition that has some, at the most so many; a batch or a part of it.
     *
     * @return null where there are none
     * @throws MqException where the bytes are not what was stored
     */
    ConsumedBatch take(int messagesMax) {
        AssignedPartition next = lock.get(line::poll);
        while (next != null) {
            AssignedPartition partition = next;
            ConsumedBatch taken = take(partition, messagesMax);
            lock.run(() -> line.enter(partition));
            if (taken != null) {
                return taken;
            }
            next = lock.get(line::poll);
        }
        return null;
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
        Next next = lock.get(() -> next(partition));
        while (next != null) {
            // Outside the lock: to check and to restore it takes a while, and the loop has more to put in.
            ConsumedBatch opened = next.opened() == null ? open(partition, next) : next.opened();
            ConsumedBatch taken = lock.get(() -> handOut(partition, opened, messagesMax));
            if (taken != null) {
                return taken;
            }
            next = lock.get(() -> next(partition));
        }
        return null;
    }

    private Next next(AssignedPartition partition) {
        while (partition.hasMessages() && assignments.isKnown(partition)) {
            if (partition.current != null) {
                return new Next(partition.current, null, partition.position);
            }
            RecordBatch received = partition.received.remove();
            partition.receivedBytes -= received.sizeInBytes();
            credit.take(received);
            // What ends below was handed out before the stream broke.
            if (received.nextOffset() > partition.position) {
                return new Next(null, received, partition.position);
            }
        }
        return null;
    }

    private ConsumedBatch open(AssignedPartition partition, Next next) {
        try {
            return ConsumedBatch.open(partition.partition, next.received(), next.position());
        } catch (MqException e) {
            // What comes behind it must not be handed out before it.
            lock.run(() -> {
                credit.takeInVain(partition);
                partition.hasHole = true;
            });
            throw e;
        }
    }

    private ConsumedBatch handOut(AssignedPartition partition, ConsumedBatch opened, int messagesMax) {
        if (partition.revoked || !assignments.isKnown(partition)) {
            return null;
        }
        long from = Math.max(partition.position, opened.offset());
        long to = Math.min(opened.nextOffset(), from + messagesMax);
        partition.position = to;
        partition.current = to == opened.nextOffset() ? null : opened;
        return opened.part(from, to);
    }
}
