package io.mq.bench.peers.broker;

import java.util.concurrent.Semaphore;

/** Bounds how many messages are unacknowledged, for clients that do not do it themselves. */
public final class Window {

    private final Semaphore free;
    private final Acknowledgements acknowledgements;

    public Window(int inFlightMax, Acknowledgements acknowledgements) {
        this.free = new Semaphore(inFlightMax);
        this.acknowledgements = acknowledgements;
    }

    /** Waits for room for one more. */
    public void enter() throws InterruptedException {
        free.acquire();
    }

    /** @param failure null where the message was acknowledged */
    public void leave(Throwable failure) {
        if (failure == null) {
            acknowledgements.acknowledged();
        } else {
            acknowledgements.failed(failure);
        }
        free.release();
    }
}
