package io.mq.bench;

import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** Keeps a number of calls in flight, each answer starting the next, and counts the answers. */
final class ClosedLoop {

    private final int inFlight;
    private final Consumer<StreamObserver<Object>> call;
    private final LongAdder answered = new LongAdder();
    private final Semaphore ended;

    private volatile boolean isOver;
    private volatile Throwable failure;

    ClosedLoop(int inFlight, Consumer<StreamObserver<Object>> call) {
        this.inFlight = inFlight;
        this.call = call;
        this.ended = new Semaphore(0);
    }

    /** Answers per second. Returns when nothing is in flight any more. */
    double run(Duration duration) throws IOException {
        long start = System.nanoTime();
        for (int i = 0; i < inFlight; i++) {
            next();
        }
        while (System.nanoTime() - start < duration.toNanos() && failure == null) {
            sleepBriefly();
        }
        double rate = answered.sum() / ((System.nanoTime() - start) / 1e9);
        isOver = true;
        ended.acquireUninterruptibly(inFlight);
        if (failure != null) {
            throw new IOException("a call failed: " + failure, failure);
        }
        return rate;
    }

    private static void sleepBriefly() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void next() {
        call.accept(new StreamObserver<>() {
            @Override
            public void onNext(Object answer) {
                answered.increment();
            }

            @Override
            public void onError(Throwable t) {
                failure = t;
                ended.release();
            }

            @Override
            public void onCompleted() {
                if (isOver) {
                    ended.release();
                } else {
                    next();
                }
            }
        });
    }
}
