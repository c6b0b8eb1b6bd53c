package io.mq.core.broker;

/**
 * What a start had to make up for.
 *
 * @param commands replayed from the journal
 * @param bytes of journal read for that
 * @param nanos from the first look at the checkpoint to readiness
 */
public record RecoverySummary(long commands, long bytes, long nanos) {

    RecoverySummary plus(RecoverySummary other) {
        return new RecoverySummary(commands + other.commands, bytes + other.bytes, nanos + other.nanos);
    }
}
