package io.mq.client;

import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;

/** Calls with one request and one answer, within the client's deadline. */
final class Unary {

    private Unary() {}

    /** @return completes on the callback executor; fails with an {@link MqException} */
    static <Q, A> CompletableFuture<A> call(Connection connection, MethodDescriptor<Q, A> method, Q request) {
        if (connection.isClosed()) {
            // Its loop has stopped, and nothing would ever come of the call.
            return CompletableFuture.failedFuture(Errors.closed("the client"));
        }
        CompletableFuture<A> answer = new CompletableFuture<>();
        connection.wake();
        ClientCall<Q, A> call = connection.channel().newCall(method, connection.unaryOptions());
        ClientCalls.asyncUnaryCall(call, request, new StreamObserver<>() {
            private A value;

            @Override
            public void onNext(A received) {
                value = received;
            }

            @Override
            public void onError(Throwable failure) {
                MqException why = Errors.of(failure);
                connection.callbacks().execute(() -> answer.completeExceptionally(why));
            }

            @Override
            public void onCompleted() {
                A received = value;
                connection.callbacks().execute(() -> answer.complete(received));
            }
        });
        return answer;
    }
}
