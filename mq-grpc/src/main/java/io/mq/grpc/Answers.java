package io.mq.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Sends what becomes of a call to its caller: an answer, or the status of what went wrong. */
final class Answers {

    private Answers() {}

    /**
     * Answers when the call's future completes, on the thread that completes it. A caller that is gone by then is not
     * told: its connection's event loop may be gone as well.
     */
    static <T> void send(StreamObserver<T> caller, Supplier<? extends CompletionStage<T>> call) {
        ServerCallStreamObserver<T> server = (ServerCallStreamObserver<T>) caller;
        CompletionStage<T> result;
        try {
            result = call.get();
        } catch (RuntimeException e) {
            caller.onError(StatusMapping.toException(e));
            return;
        }
        result.whenComplete((answer, failure) -> {
            if (server.isCancelled()) {
                return;
            }
            if (failure != null) {
                caller.onError(StatusMapping.toException(failure));
            } else {
                caller.onNext(answer);
                caller.onCompleted();
            }
        });
    }

    /** Works the answer out on {@code executor}: for what takes too long for a thread that serves sockets. */
    static <T> void compute(StreamObserver<T> caller, Executor executor, Supplier<T> call) {
        send(caller, () -> CompletableFuture.supplyAsync(call, executor));
    }
}
