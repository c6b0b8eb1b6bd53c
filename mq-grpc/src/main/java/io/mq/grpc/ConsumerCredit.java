package io.mq.grpc;

import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.proto.Credit;
import java.util.Map;

/**
 * What a consumer can still take. A batch is sent while something of both is left, so that one of any size fits; what
 * it takes too much is missing from the next credit.
 *
 * <p>Not thread-safe.
 */
final class ConsumerCredit {

    private long messages;
    private long bytes;

    /** @throws BrokerException {@link Reason#INVALID_FIELD} for a negative credit, or one that no number can hold */
    void add(Credit more) {
        if (more.getMessages() < 0 || more.getBytes() < 0) {
            throw invalid("must not be negative, found %d messages and %d bytes"
                    .formatted(more.getMessages(), more.getBytes()));
        }
        try {
            long sum = Math.addExact(messages, more.getMessages());
            bytes = Math.addExact(bytes, more.getBytes());
            messages = sum;
        } catch (ArithmeticException e) {
            throw invalid("must stay below 2^63 in all");
        }
    }

    private static BrokerException invalid(String text) {
        return BrokerException.of(Reason.INVALID_FIELD, "credit " + text, Map.of("field", "credit"));
    }

    boolean isLeft() {
        return messages > 0 && bytes > 0;
    }

    long messages() {
        return messages;
    }

    long bytes() {
        return bytes;
    }

    void take(int someMessages, long someBytes) {
        messages -= someMessages;
        bytes -= someBytes;
    }
}
