package io.mq.grpc;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.BadRequest.FieldViolation;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Failures;
import io.mq.core.error.Kind;
import io.mq.core.error.Reason;
import io.mq.proto.Failed;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** The one place that turns errors of the broker into gRPC statuses. */
final class StatusMapping {

    /** The domain of {@link ErrorInfo}: whose reasons they are. */
    static final String DOMAIN = "mq";

    private static final Logger LOG = System.getLogger(StatusMapping.class.getName());

    private StatusMapping() {}

    static StatusRuntimeException toException(Throwable failure) {
        Throwable cause = Failures.cause(failure);
        return cause instanceof StatusRuntimeException status
                ? status
                : StatusProto.toStatusRuntimeException(toStatus(refusal(cause)));
    }

    /** The same for what has failed within a call that goes on. */
    static Failed toFailed(Throwable failure) {
        BrokerException refusal = refusal(Failures.cause(failure));
        Failed.Builder failed = Failed.newBuilder()
                .setCode(codeOf(refusal.reason().kind()).value())
                .setReason(refusal.reason().name())
                .setMessage(refusal.getMessage())
                .setRetryable(isRetryable(refusal.reason()));
        refusal.retryAfter().ifPresent(delay -> failed.setRetryAfter(Times.toProto(delay)));
        return failed.build();
    }

    /** Whether the same request may succeed later, after those before it where it came out of turn. */
    private static boolean isRetryable(Reason reason) {
        return switch (reason.kind()) {
            case RESOURCE_EXHAUSTED, UNAVAILABLE, OUTCOME_UNKNOWN -> true;
            default -> reason == Reason.SEQUENCE_GAP;
        };
    }

    /** Whether a status is an answer of a node's, and says more than gRPC would of itself. */
    static boolean hasDetails(Metadata trailers) {
        return StatusProto.fromStatusAndTrailers(io.grpc.Status.UNAVAILABLE, trailers)
                        .getDetailsCount()
                > 0;
    }

    private static BrokerException refusal(Throwable cause) {
        if (cause instanceof BrokerException refused) {
            return refused;
        }
        LOG.log(Level.ERROR, "A call failed in a way that nobody expected", cause);
        return BrokerException.of(Reason.INTERNAL, "internal error: " + cause);
    }

    private static Status toStatus(BrokerException e) {
        Status.Builder status = Status.newBuilder()
                .setCode(codeOf(e.reason().kind()).value())
                .setMessage(e.getMessage())
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(e.reason().name())
                        .setDomain(DOMAIN)
                        .putAllMetadata(e.metadata())
                        .build()));
        String field = e.metadata().get("field");
        if (field != null) {
            status.addDetails(Any.pack(BadRequest.newBuilder()
                    .addFieldViolations(FieldViolation.newBuilder()
                            .setField(field)
                            .setReason(e.reason().name())
                            .setDescription(e.getMessage()))
                    .build()));
        }
        e.retryAfter()
                .ifPresent(delay -> status.addDetails(Any.pack(RetryInfo.newBuilder()
                        .setRetryDelay(Times.toProto(delay))
                        .build())));
        return status.build();
    }

    private static Code codeOf(Kind kind) {
        return switch (kind) {
            case NOT_FOUND -> Code.NOT_FOUND;
            case ALREADY_EXISTS -> Code.ALREADY_EXISTS;
            case INVALID_ARGUMENT -> Code.INVALID_ARGUMENT;
            case OUT_OF_RANGE -> Code.OUT_OF_RANGE;
            case FAILED_PRECONDITION -> Code.FAILED_PRECONDITION;
            case ABORTED -> Code.ABORTED;
            case RESOURCE_EXHAUSTED -> Code.RESOURCE_EXHAUSTED;
            case UNAVAILABLE -> Code.UNAVAILABLE;
            // The caller knows as little as after a deadline of its own, and has to do the same.
            case OUTCOME_UNKNOWN -> Code.DEADLINE_EXCEEDED;
            case DATA_LOSS -> Code.DATA_LOSS;
            case INTERNAL -> Code.INTERNAL;
        };
    }
}
