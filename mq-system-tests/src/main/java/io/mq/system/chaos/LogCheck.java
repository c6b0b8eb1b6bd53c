package io.mq.system.chaos;

import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.mq.proto.Message;
import io.mq.proto.PartitionDescription;
import io.mq.proto.StartPosition;
import io.mq.proto.SubscribeRequest;
import java.time.Duration;
import java.util.BitSet;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads one partition's log and compares it with what was promised. Each check goes on where the one before ended;
 * {@link #checkKept} reads everything again that retention has left. For one thread at a time.
 */
final class LogCheck {

    /** No message has been seen that the next one must follow. */
    private static final long UNKNOWN = -2;

    /** Leaders may change while a log is read; so many times in a row without a message is no change of leaders. */
    private static final int ATTEMPTS_MAX = 20;

    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(500);

    /** Of one stream, for all that is kept of a partition. */
    private static final Duration READ_TIMEOUT = Duration.ofMinutes(3);

    private final String topic;
    private final int partition;
    private final long seed;
    private final Ledger ledger;

    private final Sending sending;

    private long nextOffset;
    private long lastSequence = -1;
    private long duplicated;
    private final BitSet seen = new BitSet();

    LogCheck(String topic, int partition, long seed, Ledger ledger, Sending sending) {
        this.topic = topic;
        this.partition = partition;
        this.seed = seed;
        this.ledger = ledger;
        this.sending = sending;
    }

    /** Messages that stand twice and were sent twice, because their first outcome was unknown. */
    long duplicated() {
        return duplicated;
    }

    /**
     * Checks what came since the last check.
     *
     * @param promised the end of what had been acknowledged before the server was asked
     * @param log the partition as the server says it is
     */
    void check(Connection connection, long promised, PartitionDescription log, Findings findings) {
        long end = log.getEndOffset();
        findings.lost(
                ledger.acknowledgedBetween(end, promised),
                "partition %d ends at %d, acknowledged messages behind that".formatted(partition, end));
        findings.lost(
                ledger.acknowledgedBetween(nextOffset, log.getStartOffset()),
                "partition %d starts at %d, what was acknowledged from %d on is gone and was never checked"
                        .formatted(partition, log.getStartOffset(), nextOffset));
        nextOffset = Math.max(nextOffset, log.getStartOffset());
        read(connection, end, findings);
    }

    /** Checks all that is kept once more; finds nothing new and counts no duplicates. */
    void checkKept(Connection connection, PartitionDescription log, Findings findings) {
        LogCheck again = new LogCheck(topic, partition, seed, ledger, sending);
        again.nextOffset = log.getStartOffset();
        again.lastSequence = UNKNOWN;
        again.read(connection, log.getEndOffset(), findings);
    }

    private void read(Connection connection, long end, Findings findings) {
        int attempts = 0;
        while (nextOffset < end) {
            long before = nextOffset;
            try {
                readStream(connection, end, findings);
            } catch (StatusRuntimeException e) {
                attempts = nextOffset > before ? 0 : attempts + 1;
                if (e.getStatus().getCode() != Code.UNAVAILABLE || attempts == ATTEMPTS_MAX) {
                    findings.lost(
                            Math.max(1, ledger.acknowledgedBetween(nextOffset, end)),
                            "partition %d cannot be read at %d: %s".formatted(partition, nextOffset, e.getStatus()));
                    return;
                }
                LockSupport.parkNanos(BETWEEN_ATTEMPTS.toNanos());
            }
        }
    }

    private void readStream(Connection connection, long end, Findings findings) {
        // Cancelled at the end: the server would go on delivering what nobody reads.
        try (CancellableContext call = Context.current().withCancellation()) {
            call.run(() -> {
                Iterator<Message> messages = subscribe(connection);
                while (nextOffset < end) {
                    check(messages.next(), findings);
                }
                call.cancel(null);
                Calls.drain(messages);
            });
        }
    }

    private Iterator<Message> subscribe(Connection connection) {
        return connection
                .streaming()
                .withDeadlineAfter(READ_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .subscribe(SubscribeRequest.newBuilder()
                        .setTopic(topic)
                        .setPartition(partition)
                        .setStart(StartPosition.newBuilder().setOffset(nextOffset))
                        .build());
    }

    private void check(Message message, Findings findings) {
        String place = "partition %d, offset %d".formatted(partition, message.getOffset());
        TestMessage found = TestMessage.claimedBy(message.getPayload(), seed);
        if (message.getOffset() != nextOffset) {
            findings.lost(1, "%s came where %d was due".formatted(place, nextOffset));
        }
        if (found.producer() != partition || !found.is(message.getPayload())) {
            findings.lost(1, place + " is damaged");
        } else if (!ledger.allows(message.getOffset(), found.sequence())) {
            findings.lost(1, "%s holds number %d, another was acknowledged".formatted(place, found.sequence()));
        }
        if (found.sequence() >= 0) {
            checkOrder(found.sequence(), place, findings);
        }
        nextOffset = message.getOffset() + 1;
        lastSequence = Math.max(lastSequence, found.sequence());
    }

    private void checkOrder(long sequence, String place, Findings findings) {
        if (sending == Sending.NUMBERED) {
            if (sequence != lastSequence + 1 && lastSequence != UNKNOWN) {
                findings.reordered("%s holds number %d after %d, of a producer that numbers them"
                        .formatted(place, sequence, lastSequence));
            }
        } else if (sending == Sending.PIPELINED) {
            if (seen.get((int) sequence)) {
                findings.reordered(
                        "%s holds number %d, which was sent once and stood before".formatted(place, sequence));
            }
            seen.set((int) sequence);
        } else if (lastSequence == UNKNOWN) {
            // Whatever came before is not kept.
            return;
        } else if (isLateTwin(sequence) && ledger.wasRetried(sequence)) {
            duplicated++;
        } else if (sequence > lastSequence + 1) {
            findings.lost(1, "%s holds number %d after %d".formatted(place, sequence, lastSequence));
        } else if (sequence <= lastSequence) {
            findings.reordered("%s holds number %d after %d".formatted(place, sequence, lastSequence));
        }
    }

    /** Whether it stands where a message may stand again that was sent again. */
    private boolean isLateTwin(long sequence) {
        return sending == Sending.SERIAL_ELSEWHERE ? sequence <= lastSequence : sequence == lastSequence;
    }
}
