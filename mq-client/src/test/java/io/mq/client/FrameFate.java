package io.mq.client;

import io.mq.proto.Failed;
import java.time.Duration;

/** What a fake broker does with a frame that arrives. */
sealed interface FrameFate {

    /** Stores and answers it, as a broker does. */
    record Store() implements FrameFate {}

    /** Stores it, and breaks the stream instead of answering. */
    record StoreAndBreak() implements FrameFate {}

    /** Breaks the stream without storing it. */
    record Break() implements FrameFate {}

    /** Stores it and never answers. */
    record StoreAndKeepSilent() implements FrameFate {}

    /** Neither stores nor answers it. */
    record KeepSilent() implements FrameFate {}

    /** Answers that it has failed. */
    record Fail(int code, String reason, boolean retryable, Duration retryAfter) implements FrameFate {

        Failed toProto() {
            return Failed.newBuilder()
                    .setCode(code)
                    .setReason(reason)
                    .setMessage("as the test wants it")
                    .setRetryable(retryable)
                    .setRetryAfter(Times.toProto(retryAfter))
                    .build();
        }
    }

    /** Answers that whether it will be stored is unknown, as a leader does that is deposed meanwhile. */
    record Doubt(boolean isStored) implements FrameFate {}

    FrameFate STORE = new Store();

    FrameFate BUSY = new Fail(8, "BROKER_BUSY", true, Duration.ofMillis(1));

    FrameFate REFUSE = new Fail(3, "INVALID_BATCH", false, Duration.ZERO);
}
