package io.mq.core.state;

import io.mq.batch.RecordBatch;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.PartitionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a partition has of a producer: enough to tell a batch that is new from one that was sent again. Sequence numbers
 * count records, begin with 0 and start over after 2^32 of them. Source: KIP-98, "Exactly Once Delivery"; unlike there,
 * sequences go on when the epoch rises, so a producer that starts anew can send again what it does not know the fate of.
 *
 * @param nextSequence what the next batch must begin with
 * @param recent the last batches, oldest first, at most {@link #RECENT_MAX}
 */
public record ProducerSequences(int nextSequence, List<StoredBatch> recent) {

    /** How many batches a producer may have under way in a partition without losing track of what became of them. */
    public static final int RECENT_MAX = 16;

    static final ProducerSequences NONE = new ProducerSequences(0, List.of());

    /** Where a batch was stored. */
    public record StoredBatch(int baseSequence, int count, long baseOffset) {}

    /** Names what a partition has of a producer. */
    public record Key(long producerId, PartitionId partition) {}

    public ProducerSequences {
        recent = List.copyOf(recent);
    }

    /**
     * Looks whether a batch is the next one.
     *
     * @return empty where it is; the first offset of the batch that was stored where it is one sent again
     * @throws BrokerException {@link Reason#SEQUENCE_GAP} or {@link Reason#SEQUENCE_FORGOTTEN}
     */
    OptionalLong findDuplicate(RecordBatch batch) {
        int sequence = batch.baseSequence();
        if (sequence == nextSequence) {
            return OptionalLong.empty();
        }
        for (StoredBatch stored : recent) {
            if (stored.baseSequence == sequence && stored.count == batch.count()) {
                return OptionalLong.of(stored.baseOffset);
            }
        }
        // The difference of two numbers that start over tells which is ahead.
        int ahead = sequence - nextSequence;
        if (ahead < 0 && ahead + batch.count() <= 0) {
            throw refusal(
                    Reason.SEQUENCE_FORGOTTEN,
                    "base_sequence %s was stored before, more than %d batches ago, and where is no longer known; go on with %s",
                    sequence);
        }
        throw refusal(
                Reason.SEQUENCE_GAP,
                "base_sequence: found %s, of a batch that is neither the next one nor one of the last %d; send the batches from %s on, in order",
                sequence);
    }

    private BrokerException refusal(Reason reason, String text, int sequence) {
        String next = Integer.toUnsignedString(nextSequence);
        return BrokerException.of(
                reason,
                text.formatted(Integer.toUnsignedString(sequence), RECENT_MAX, next),
                Map.of("next_sequence", next));
    }

    ProducerSequences with(RecordBatch batch) {
        List<StoredBatch> more =
                new ArrayList<>(recent.subList(Math.max(0, recent.size() - RECENT_MAX + 1), recent.size()));
        more.add(new StoredBatch(batch.baseSequence(), batch.count(), batch.baseOffset()));
        return new ProducerSequences(batch.baseSequence() + batch.count(), more);
    }
}
