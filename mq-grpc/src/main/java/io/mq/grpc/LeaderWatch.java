package io.mq.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.mq.core.error.BrokerException;
import io.mq.proto.Leader;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * An open WatchLeader call. Everything happens on the thread that serves its socket.
 *
 * <p>Each message says all there is to say: what a client does not read in time is left out, not kept.
 */
final class LeaderWatch implements OpenStreams.Stream {

    private final Supplier<Leader> current;
    private final ServerCallStreamObserver<Leader> call;
    private final Executor loop;
    private final Runnable onEnded;
    private boolean hasEnded;

    /** @param loop runs things on the thread that serves the call's socket, where this is created */
    LeaderWatch(Supplier<Leader> current, ServerCallStreamObserver<Leader> call, Executor loop, Runnable onEnded) {
        this.current = current;
        this.call = call;
        this.loop = loop;
        this.onEnded = onEnded;
    }

    @Override
    public void begin() {
        call.setOnCancelHandler(this::ended);
        call.onNext(current.get());
    }

    /** Says once more who leads. Any thread may call. */
    void tell() {
        loop.execute(() -> {
            if (!hasEnded && call.isReady()) {
                call.onNext(current.get());
            }
        });
    }

    @Override
    public void endLater(BrokerException reason) {
        loop.execute(() -> {
            if (!hasEnded) {
                ended();
                call.onError(StatusMapping.toException(reason));
            }
        });
    }

    private void ended() {
        hasEnded = true;
        onEnded.run();
    }
}
