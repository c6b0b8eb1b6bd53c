package io.mq.grpc;

import io.mq.core.broker.ForwardedFigures;
import java.io.InputStream;
import java.util.concurrent.Executor;

/**
 * The messages of a call that is passed on, in one direction: the next one is asked for when the receiver has room for
 * it, and when what all receivers together have been handed and not taken yet is within its bound.
 *
 * <p>Confined to the thread that serves the call.
 */
abstract class ForwardedMessages {

    private final InFlightBytes all;
    private final ForwardedFigures figures;
    private final Executor loop;

    /** Whether the next message has been asked for and is not here yet. */
    private boolean isAsked;

    private boolean hasStopped;

    /** What the receiver was handed and may not have taken yet; counted in {@link #all}. */
    private int held;

    ForwardedMessages(InFlightBytes all, ForwardedFigures figures, Executor loop) {
        this.all = all;
        this.figures = figures;
        this.loop = loop;
    }

    abstract boolean isReceiverReady();

    abstract void ask();

    abstract void send(InputStream message);

    /** Asks for the next message, if none is asked for and there is room; to be called when there may be. */
    void flow() {
        if (!isReceiverReady()) {
            return;
        }
        release();
        if (!isAsked && !hasStopped && all.hasRoom(() -> loop.execute(this::flow))) {
            isAsked = true;
            ask();
        }
    }

    /** @return false where this is more than {@code limit} in all, and was not handed over */
    boolean handOver(InputStream message, int bytes, long limit) {
        isAsked = false;
        if (!all.tryAdd(bytes, limit)) {
            return false;
        }
        held += bytes;
        figures.bytes(bytes);
        send(message);
        flow();
        return true;
    }

    /** Asks for nothing more. */
    void stop() {
        hasStopped = true;
    }

    /** The receiver has taken everything, or is gone. */
    void release() {
        if (held > 0) {
            int released = held;
            held = 0;
            all.remove(released);
        }
    }
}
