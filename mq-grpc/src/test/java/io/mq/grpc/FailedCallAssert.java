package io.mq.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.BadRequest.FieldViolation;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.mq.core.error.Reason;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What a client can learn from a failed call. */
final class FailedCallAssert extends AbstractAssert<FailedCallAssert, StatusRuntimeException> {

    private FailedCallAssert(StatusRuntimeException failure) {
        super(failure, FailedCallAssert.class);
        isNotNull();
    }

    static FailedCallAssert assertThatCall(ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        Throwable failure = thrown instanceof ExecutionException ? thrown.getCause() : thrown;
        assertThat(failure).as("failure of the call").isInstanceOf(StatusRuntimeException.class);
        return new FailedCallAssert((StatusRuntimeException) failure);
    }

    static FailedCallAssert assertThatEnd(StatusRuntimeException end) {
        return new FailedCallAssert(end);
    }

    FailedCallAssert hasCode(Code code) {
        assertThat(actual.getStatus().getCode()).as("code of %s", actual).isEqualTo(code);
        return this;
    }

    FailedCallAssert hasCodeIn(Code... codes) {
        assertThat(actual.getStatus().getCode()).as("code of %s", actual).isIn((Object[]) codes);
        return this;
    }

    FailedCallAssert hasReason(Reason reason) {
        ErrorInfo info = detail(ErrorInfo.class)
                .orElseThrow(() -> new AssertionError("no google.rpc.ErrorInfo in " + actual, actual));
        assertThat(info.getReason()).as("reason of %s", actual).isEqualTo(reason.name());
        assertThat(info.getDomain()).isEqualTo("mq");
        return this;
    }

    FailedCallAssert hasMetadata(String name, String value) {
        assertThat(detail(ErrorInfo.class).orElseThrow().getMetadataMap()).containsEntry(name, value);
        return this;
    }

    FailedCallAssert names(String field) {
        BadRequest request = detail(BadRequest.class)
                .orElseThrow(() -> new AssertionError("no google.rpc.BadRequest in " + actual, actual));
        assertThat(request.getFieldViolationsList())
                .extracting(FieldViolation::getField)
                .containsExactly(field);
        return this;
    }

    FailedCallAssert saysWhenToRetry() {
        RetryInfo retry = detail(RetryInfo.class)
                .orElseThrow(() -> new AssertionError("no google.rpc.RetryInfo in " + actual, actual));
        assertThat(retry.getRetryDelay().getSeconds() * 1000L
                        + retry.getRetryDelay().getNanos() / 1_000_000)
                .as("milliseconds to wait")
                .isBetween(1L, 60_000L);
        return this;
    }

    FailedCallAssert doesNotAdviseToRetry() {
        assertThat(detail(RetryInfo.class)).isEmpty();
        return this;
    }

    FailedCallAssert hasText(String... parts) {
        assertThat(actual.getStatus().getDescription()).contains(parts);
        return this;
    }

    private <T extends Message> Optional<T> detail(Class<T> type) {
        Status status = StatusProto.fromThrowable(actual);
        if (status == null) {
            return Optional.empty();
        }
        return status.getDetailsList().stream()
                .filter(detail -> detail.is(type))
                .findFirst()
                .map(detail -> unpack(detail, type));
    }

    private static <T extends Message> T unpack(Any detail, Class<T> type) {
        try {
            return detail.unpack(type);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }
}
