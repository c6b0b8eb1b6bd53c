package io.mq.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Sends what becomes of a call to its caller: an answer, or the status of what went wrong. */
final class Answers {

    private final EventLoops loops;
    private final Executor queries;
    private final Supplier<CompletableFuture<Void>> caughtUp;

    /**
     * @param caughtUp completes when this node knows all that was acknowledged before
     * @param queries works out answers that take too long for a thread that serves sockets
     */
    Answers(EventLoops loops, Executor queries, Supplier<CompletableFuture<Void>> caughtUp) {
        this.caughtUp = caughtUp;
        this.loops = loops;
        this.queries = queries;
    }

    /**
     * Answers when the call's future completes, on the thread that serves the caller's socket: what completes together,
     * such as all messages of one round of the journal, is written together, and whoever completes it goes on with its
     * own work. A caller that is gone by then is not told.
     */
    <T> void send(StreamObserver<T> caller, Supplier<? extends CompletionStage<T>> call) {
        ServerCallStreamObserver<T> server = (ServerCallStreamObserver<T>) caller;
        CompletionStage<T> result;
        try {
            result = call.get();
        } catch (RuntimeException e) {
            caller.onError(StatusMapping.toException(e));
            return;
        }
        result.whenCompleteAsync((answer, failure) -> send(server, answer, failure), loops.current());
    }

    private static <T> void send(ServerCallStreamObserver<T> caller, T answer, Throwable failure) {
        if (caller.isCancelled()) {
            return;
        }
        if (failure != null) {
            caller.onError(StatusMapping.toException(failure));
            return;
        }
        caller.onNext(answer);
        caller.onCompleted();
    }

    /**
     * Works the answer out elsewhere than on a thread that serves sockets, once this node knows all that was acknowledged
     * before.
     */
    <T> void compute(StreamObserver<T> caller, Supplier<T> call) {
        send(caller, () -> caughtUp.get().thenApplyAsync(done -> call.get(), queries));
    }
}
