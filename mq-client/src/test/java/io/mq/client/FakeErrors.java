package io.mq.client;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.Map;

/** Statuses as mq makes them. */
final class FakeErrors {

    private FakeErrors() {}

    static StatusRuntimeException of(Status status, String reason) {
        return of(status, reason, Map.of("a", "b"));
    }

    static StatusRuntimeException of(Status status, String reason, Map<String, String> metadata) {
        return StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(status.getCode().value())
                .setMessage("as the test wants it")
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(reason)
                        .setDomain("mq")
                        .putAllMetadata(metadata)
                        .build()))
                .addDetails(Any.pack(RetryInfo.newBuilder()
                        .setRetryDelay(Times.toProto(Duration.ofMillis(7)))
                        .build()))
                .build());
    }
}
