package io.mq.bench.echo;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;

/** One call per message. */
final class UnaryLoop<Q, A> extends ClosedLoop {

    private final Channel channel;
    private final MethodDescriptor<Q, A> method;
    private final Q request;
    private final int inFlight;

    UnaryLoop(Channel channel, MethodDescriptor<Q, A> method, Q request, int inFlight) {
        this.channel = channel;
        this.method = method;
        this.request = request;
        this.inFlight = inFlight;
    }

    @Override
    int start() {
        for (int i = 0; i < inFlight; i++) {
            next();
        }
        return inFlight;
    }

    private void next() {
        ClientCalls.asyncUnaryCall(channel.newCall(method, CallOptions.DEFAULT), request, new Answer());
    }

    private final class Answer implements StreamObserver<A> {

        @Override
        public void onNext(A answer) {
            answered();
        }

        @Override
        public void onError(Throwable t) {
            failed(t);
            ended();
        }

        @Override
        public void onCompleted() {
            if (isOver()) {
                ended();
            } else {
                next();
            }
        }
    }
}
