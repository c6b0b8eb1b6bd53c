package io.mq.grpc;

import io.mq.core.broker.Fetched;
import io.mq.core.broker.FetchedBatches;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.proto.FetchRequest;
import io.mq.proto.FetchResponse;
import io.mq.proto.PeekRequest;
import io.mq.proto.PeekResponse;
import java.time.Duration;
import java.util.Map;

/** Translates what is read on request. */
final class FetchMessages {

    /** A call that waits holds its place among the connection's calls. */
    private static final Duration WAIT_MAX = Duration.ofSeconds(30);

    static final int PEEK_BYTES_MAX = 1 << 20;

    private static final int PEEK_MESSAGES = 10;
    private static final int PEEK_MESSAGES_MAX = 1000;

    private FetchMessages() {}

    /** @throws BrokerException {@link Reason#INVALID_FIELD} */
    static void requireValid(FetchRequest request) {
        requireWithin("bytes_max", request.getBytesMax(), FrameSize.MAX);
        if (wait(request).compareTo(WAIT_MAX) > 0) {
            throw BrokerException.of(
                    Reason.INVALID_FIELD,
                    "wait must be at most %ds, found %s".formatted(WAIT_MAX.toSeconds(), wait(request)),
                    Map.of("field", "wait"));
        }
    }

    private static void requireWithin(String field, int value, int max) {
        if (value < 0 || value > max) {
            throw BrokerException.of(
                    Reason.INVALID_FIELD,
                    "%s must be 0 to %d, found %d".formatted(field, max, value),
                    Map.of("field", field));
        }
    }

    static int bytesMax(FetchRequest request) {
        return request.getBytesMax() == 0 ? FrameSize.MAX : request.getBytesMax();
    }

    static Duration wait(FetchRequest request) {
        return Times.duration("wait", request.getWait());
    }

    static RawAnswer toProto(FetchedBatches fetched) {
        return () -> StoredBatches.message(fetched.batches(), out -> {
            out.writeInt64(FetchResponse.START_OFFSET_FIELD_NUMBER, fetched.start());
            out.writeInt64(FetchResponse.END_OFFSET_FIELD_NUMBER, fetched.end());
        });
    }

    /** @throws BrokerException {@link Reason#INVALID_FIELD} */
    static int messagesMax(PeekRequest request) {
        requireWithin("messages_max", request.getMessagesMax(), PEEK_MESSAGES_MAX);
        return request.getMessagesMax() == 0 ? PEEK_MESSAGES : request.getMessagesMax();
    }

    static PeekResponse toProto(Fetched fetched) {
        PeekResponse.Builder answer =
                PeekResponse.newBuilder().setStartOffset(fetched.start()).setEndOffset(fetched.end());
        fetched.messages().forEach(message -> answer.addMessages(RecordMessages.toProto(fetched, message)));
        return answer.build();
    }
}
