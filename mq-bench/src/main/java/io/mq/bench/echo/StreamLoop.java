package io.mq.bench.echo;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.function.Predicate;

/**
 * All messages on one stream, each of which is answered. The first request opens the stream: the others wait for its
 * answer, which does not count.
 *
 * <p>After the first request everything happens on the thread that serves the socket. How much may be unanswered is all
 * that bounds what is sent, so whether the stream is ready is not asked.
 */
final class StreamLoop<Q, A> extends ClosedLoop implements StreamObserver<A> {

    private final Channel channel;
    private final MethodDescriptor<Q, A> method;
    private final Q first;
    private final Q request;
    private final Predicate<A> isRefusal;
    private final int inFlight;

    private StreamObserver<Q> requests;
    private boolean isOpen;
    private int unanswered;

    StreamLoop(
            Channel channel, MethodDescriptor<Q, A> method, Q first, Q request, Predicate<A> isRefusal, int inFlight) {
        this.channel = channel;
        this.method = method;
        this.first = first;
        this.request = request;
        this.isRefusal = isRefusal;
        this.inFlight = inFlight;
    }

    @Override
    int start() {
        requests = ClientCalls.asyncBidiStreamingCall(channel.newCall(method, CallOptions.DEFAULT), this);
        requests.onNext(first);
        return 1;
    }

    @Override
    public void onNext(A answer) {
        if (isOpen) {
            unanswered--;
            take(answer);
        }
        isOpen = true;
        while (unanswered < inFlight && !isOver()) {
            unanswered++;
            requests.onNext(request);
        }
        if (unanswered == 0) {
            requests.onCompleted();
        }
    }

    private void take(A answer) {
        if (isRefusal.test(answer)) {
            failed(new IOException("refused: " + answer));
        } else {
            answered();
        }
    }

    @Override
    public void onError(Throwable t) {
        failed(t);
        ended();
    }

    @Override
    public void onCompleted() {
        ended();
    }
}
