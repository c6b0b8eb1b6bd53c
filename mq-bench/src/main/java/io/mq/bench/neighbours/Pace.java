package io.mq.bench.neighbours;

import io.mq.bench.pace.DueTime;
import java.io.Closeable;
import java.util.concurrent.atomic.LongAdder;

/** Does something a fixed number of times a second, on a thread of its own; what is late is made up for. */
final class Pace implements Closeable {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final long intervalNanos;
    private final Runnable act;
    private final LongAdder acts = new LongAdder();
    private final Thread thread = new Thread(this::run, "bad-neighbour");
    private volatile boolean isClosing;

    private Pace(int perSecond, Runnable act) {
        this.intervalNanos = NANOS_PER_SECOND / perSecond;
        this.act = act;
    }

    static Pace start(int perSecond, Runnable act) {
        Pace pace = new Pace(perSecond, act);
        pace.thread.start();
        return pace;
    }

    private void run() {
        for (long due = System.nanoTime(); !isClosing; due += intervalNanos) {
            DueTime.await(due);
            act.run();
            acts.increment();
        }
    }

    long acts() {
        return acts.sum();
    }

    @Override
    public void close() {
        isClosing = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
