package io.mq.bench.neighbours;

import io.grpc.stub.StreamObserver;

/** Answers that nobody cares for. */
class Ignored<T> implements StreamObserver<T> {

    @Override
    public void onNext(T answer) {}

    @Override
    public void onError(Throwable end) {}

    @Override
    public void onCompleted() {}
}
