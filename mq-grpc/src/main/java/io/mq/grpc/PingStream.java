package io.mq.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mq.core.error.BrokerException;
import io.mq.proto.PingRequest;
import io.mq.proto.PingResponse;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * An open PingStream call. Everything happens on the thread that serves its socket.
 *
 * <p>Reads no further while its client does not read the answers: what is echoed then waits in the client, not here.
 */
final class PingStream implements StreamObserver<PingRequest>, OpenStreams.Stream {

    private final Function<PingRequest, PingResponse> echo;
    private final ServerCallStreamObserver<PingResponse> call;
    private final Executor loop;
    private final Runnable onEnded;

    /** Whether the next request has been asked for and is not here yet. */
    private boolean isReading;

    private boolean hasEnded;

    /** @param loop runs things on the thread that serves the call's socket, where this is created */
    PingStream(
            Function<PingRequest, PingResponse> echo,
            ServerCallStreamObserver<PingResponse> call,
            Executor loop,
            Runnable onEnded) {
        this.echo = echo;
        this.call = call;
        this.loop = loop;
        this.onEnded = onEnded;
    }

    @Override
    public void begin() {
        call.disableAutoRequest();
        call.setOnReadyHandler(this::readOn);
        call.setOnCancelHandler(this::ended);
        isReading = true;
        call.request(1);
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

    @Override
    public void onNext(PingRequest request) {
        isReading = false;
        if (!hasEnded) {
            call.onNext(echo.apply(request));
            readOn();
        }
    }

    /** Asks for another request, if there is none asked for and there is room for its answer. */
    private void readOn() {
        if (!isReading && !hasEnded && call.isReady()) {
            isReading = true;
            call.request(1);
        }
    }

    @Override
    public void onError(Throwable failure) {
        ended();
    }

    @Override
    public void onCompleted() {
        if (!hasEnded) {
            ended();
            call.onCompleted();
        }
    }

    private void ended() {
        if (!hasEnded) {
            hasEnded = true;
            onEnded.run();
        }
    }
}
