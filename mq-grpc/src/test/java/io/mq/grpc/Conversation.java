package io.mq.grpc;

import static io.mq.grpc.ServerFixture.TIMEOUT_SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A client's side of a call in which both sides send: keeps what it is sent and how it ends. */
abstract class Conversation<Q, A> implements ClientResponseObserver<Q, A> {

    private final BlockingQueue<A> responses = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final boolean reads;
    private ClientCallStreamObserver<Q> call;

    /** @param reads or takes the first answer and no other */
    Conversation(boolean reads) {
        this.reads = reads;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> stream) {
        call = stream;
        if (!reads) {
            stream.disableAutoRequestWithInitial(1);
        }
    }

    void send(Q request) {
        call.onNext(request);
    }

    /** Waits for the next response. */
    A next() throws InterruptedException {
        A response = responses.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        assertThat(response).as("a response; the call's end: %s", end).isNotNull();
        return response;
    }

    /** What has come and was not asked for yet. */
    List<A> pending() {
        return List.copyOf(responses);
    }

    ClientCallStreamObserver<Q> call() {
        return call;
    }

    void complete() {
        call.onCompleted();
    }

    void cancel() {
        call.cancel("the client is gone", null);
    }

    void awaitEnd() throws InterruptedException, ExecutionException, TimeoutException {
        end.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    StatusRuntimeException awaitFailure() throws InterruptedException, TimeoutException {
        try {
            awaitEnd();
            throw new AssertionError("the call ended well");
        } catch (ExecutionException e) {
            return (StatusRuntimeException) e.getCause();
        }
    }

    @Override
    public void onNext(A response) {
        responses.add(response);
    }

    @Override
    public void onError(Throwable failure) {
        end.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
        end.complete(null);
    }
}
