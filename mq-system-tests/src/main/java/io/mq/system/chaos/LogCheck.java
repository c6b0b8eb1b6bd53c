package io.mq.system.chaos;

import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.StatusRuntimeException;
import io.mq.proto.Message;
import io.mq.proto.StartPosition;
import io.mq.proto.SubscribeRequest;
import java.util.BitSet;
import java.util.Iterator;

/**
 * Reads one partition's log and compares it with what was promised. Each check goes on where the one before ended;
 * {@link #rewind} makes the next one read everything again. For one thread at a time.
 */
final class LogCheck {

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

    void rewind() {
        nextOffset = 0;
        lastSequence = -1;
        duplicated = 0;
        seen.clear();
    }

    /** Messages that stand twice and were sent twice, because their first outcome was unknown. */
    long duplicated() {
        return duplicated;
    }

    /**
     * @param promised the end of what had been acknowledged before the server was asked
     * @param end the partition's end offset, as the server says it
     */
    void check(Connection connection, long promised, long end, Findings findings) {
        findings.lost(
                ledger.acknowledgedBetween(end, promised),
                "partition %d ends at %d, acknowledged messages behind that".formatted(partition, end));
        if (nextOffset >= end) {
            return;
        }
        // Cancelled at the end: the server would go on delivering what nobody reads.
        try (CancellableContext call = Context.current().withCancellation()) {
            call.run(() -> {
                Iterator<Message> messages = subscribe(connection);
                read(messages, end, findings);
                call.cancel(null);
                Calls.drain(messages);
            });
        }
    }

    private Iterator<Message> subscribe(Connection connection) {
        return connection
                .streaming()
                .subscribe(SubscribeRequest.newBuilder()
                        .setTopic(topic)
                        .setPartition(partition)
                        .setStart(StartPosition.newBuilder().setOffset(nextOffset))
                        .build());
    }

    private void read(Iterator<Message> messages, long end, Findings findings) {
        try {
            while (nextOffset < end) {
                check(messages.next(), findings);
            }
        } catch (StatusRuntimeException e) {
            findings.lost(
                    Math.max(1, ledger.acknowledgedBetween(nextOffset, end)),
                    "partition %d cannot be read at %d: %s".formatted(partition, nextOffset, e.getStatus()));
        }
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
            if (sequence != lastSequence + 1) {
                findings.reordered("%s holds number %d after %d, of a producer that numbers them"
                        .formatted(place, sequence, lastSequence));
            }
        } else if (sending == Sending.PIPELINED) {
            if (seen.get((int) sequence)) {
                findings.reordered(
                        "%s holds number %d, which was sent once and stood before".formatted(place, sequence));
            }
            seen.set((int) sequence);
        } else if (sequence == lastSequence && ledger.wasRetried(sequence)) {
            duplicated++;
        } else if (sequence > lastSequence + 1) {
            findings.lost(1, "%s holds number %d after %d".formatted(place, sequence, lastSequence));
        } else if (sequence <= lastSequence) {
            findings.reordered("%s holds number %d after %d".formatted(place, sequence, lastSequence));
        }
    }
}
