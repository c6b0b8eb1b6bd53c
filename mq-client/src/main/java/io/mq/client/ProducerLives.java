package io.mq.client;

import io.mq.proto.PublishStreamInit;
import java.util.OptionalInt;

/**
 * What is known of the lives of a producer's number on the server. Each stream begins one, and says which it follows: a stream
 * that was given up on may begin late, by way of another node, and must not put an end to the one that took its place.
 * Confined to the loop.
 */
final class ProducerLives {

    private static final String EPOCH = "epoch";

    /** Empty where an unknown one is to end. */
    private OptionalInt latest;

    /** Streams that were to follow the latest one. At the most one of them does. */
    private int attempts;

    private ProducerLives(OptionalInt latest) {
        this.latest = latest;
    }

    /** Of a number that is nobody else's. */
    static ProducerLives ofNewNumber() {
        return new ProducerLives(OptionalInt.of(0));
    }

    /** Of a number that an earlier producer may have had, which is at an end then. */
    static ProducerLives ofGivenNumber() {
        return new ProducerLives(OptionalInt.empty());
    }

    /** Has a stream follow the latest life. */
    void follow(PublishStreamInit.Builder init) {
        attempts++;
        latest.ifPresent(init::setAfterEpoch);
    }

    /** A stream has begun. */
    void begun(int epoch) {
        latest = OptionalInt.of(epoch);
        attempts = 0;
    }

    /** Whether a stream was refused because of an earlier attempt of this producer; the next stream follows that one. */
    boolean isOvertaken(MqException refusal) {
        if (!refusal.reason().equals(Reasons.PRODUCER_FENCED) || latest.isEmpty() || attempts < 2) {
            return false;
        }
        int next = latest.getAsInt() + 1;
        if (!Integer.toString(next).equals(refusal.metadata().get(EPOCH))) {
            return false;
        }
        begun(next);
        return true;
    }
}
