package io.mq.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mq.core.broker.BatchPublisher;
import io.mq.core.broker.BatchPublisher.Start;
import io.mq.core.broker.Published;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.grpc.PublishMarshallers.Frame;
import io.mq.grpc.PublishMarshallers.Init;
import io.mq.grpc.PublishMarshallers.Malformed;
import io.mq.grpc.PublishMarshallers.StreamRequest;
import io.mq.proto.PublishStreamInit;
import io.mq.proto.PublishStreamResponse;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * An open PublishStream call. Everything happens on the thread that serves its socket: frames come in, are submitted,
 * and are answered when the journal is through with them, all of one round together.
 *
 * <p>Reads no further while its own window or that of all streams is full, or while its client does not read results.
 */
final class PublishStream implements StreamObserver<StreamRequest>, OpenStreams.Stream {

    /** What one stream may have on its way: enough for a disk that takes 10 ms at a time, at 800 MB/s. */
    static final int WINDOW_BYTES = 8 << 20;

    /**
     * While less than this waits for the client to read it, its next frame is read: some hundred results, as many as a
     * stream has frames on their way. Each costs far more memory than its bytes until it is sent, and all that of a
     * client that reads none is in the way of the others' messages.
     */
    static final int READY_BYTES = 4 << 10;

    private final BatchPublisher publisher;
    private final ServerCallStreamObserver<PublishStreamResponse> call;
    private final Executor loop;
    private final InFlightBytes allInFlight;
    private final FrameShares shares;
    private final Runnable onEnded;

    /** Null until the stream has been opened. */
    private String topic;

    private boolean isInitialised;
    private boolean hasProducer;

    private int framesInFlight;
    private long bytesInFlight;

    /** Whether the next request has been asked for and is not here yet. */
    private boolean isReading;

    /** Whether the client sends no more. */
    private boolean isHalfClosed;

    /** Why the stream is to end once all that was read is answered; null while it goes on. */
    private BrokerException endReason;

    private boolean hasEnded;

    /** @param loop runs things on the thread that serves the call's socket, where this is created */
    PublishStream(
            BatchPublisher publisher,
            ServerCallStreamObserver<PublishStreamResponse> call,
            Executor loop,
            InFlightBytes allInFlight,
            FrameShares shares,
            Runnable onEnded) {
        this.publisher = publisher;
        this.call = call;
        this.loop = loop;
        this.allInFlight = allInFlight;
        this.shares = shares;
        this.onEnded = onEnded;
    }

    @Override
    public void begin() {
        call.disableAutoRequest();
        call.setOnReadyThreshold(READY_BYTES);
        call.setOnReadyHandler(this::readOn);
        call.setOnCancelHandler(this::ended);
        isReading = true;
        call.request(1);
    }

    /** Once it has answered what it has read. */
    @Override
    public void endLater(BrokerException reason) {
        loop.execute(() -> {
            endReason = reason;
            endIfDue();
        });
    }

    @Override
    public void onNext(StreamRequest request) {
        isReading = false;
        if (hasEnded) {
            return;
        }
        try {
            if (request instanceof Init init) {
                open(init.init());
            } else if (request instanceof Frame frame) {
                requireOpen();
                publish(frame.frame());
            } else if (request instanceof Malformed malformed) {
                throw malformed.refusal();
            }
        } catch (BrokerException e) {
            fail(e);
        }
    }

    private void open(PublishStreamInit init) {
        if (isInitialised) {
            throw invalid("init came twice; open another stream for another topic");
        }
        isInitialised = true;
        hasProducer = init.getProducerId() != 0;
        var whenStarted = publisher
                .start(PublishStreamMessages.opening(init))
                .whenCompleteAsync((start, failure) -> started(init.getTopic(), start, failure), loop);
    }

    private void started(String name, Start start, Throwable failure) {
        if (hasEnded) {
            return;
        }
        if (failure != null) {
            fail(failure);
            return;
        }
        topic = name;
        call.onNext(PublishStreamMessages.ready(start, publisher.batchBytesMax()));
        readOn();
    }

    private void requireOpen() {
        if (topic == null) {
            throw invalid("the first request of a stream must be init, and its answer awaited");
        }
    }

    private static BrokerException invalid(String text) {
        return BrokerException.of(Reason.INVALID_FIELD, text, Map.of("field", "init"));
    }

    private void publish(PublishedFrame frame) {
        int bytes = frame.batch() == null ? 0 : frame.batch().sizeInBytes();
        if (framesInFlight++ == 0) {
            shares.began();
        }
        bytesInFlight += bytes;
        allInFlight.add(bytes);
        var whenAnswered =
                submit(frame).whenCompleteAsync((published, failure) -> answer(frame, bytes, published, failure), loop);
        readOn();
    }

    private CompletableFuture<Published> submit(PublishedFrame frame) {
        try {
            return publisher.publish(
                    topic,
                    frame.partition(),
                    PublishStreamMessages.batch(frame, hasProducer),
                    RecordMessages.durability(frame.durability()));
        } catch (BrokerException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void answer(PublishedFrame frame, int bytes, Published published, Throwable failure) {
        if (--framesInFlight == 0) {
            shares.ended();
        }
        bytesInFlight -= bytes;
        allInFlight.remove(bytes);
        if (hasEnded) {
            return;
        }
        call.onNext(PublishStreamMessages.result(frame, published, failure));
        endIfDue();
        readOn();
    }

    private void endIfDue() {
        if (hasEnded || framesInFlight > 0) {
            return;
        }
        if (endReason != null) {
            fail(endReason);
        } else if (isHalfClosed) {
            ended();
            call.onCompleted();
        }
    }

    /** Asks for another request, if there is none asked for and the windows allow it. */
    private void readOn() {
        if (isReading || hasEnded || isHalfClosed || endReason != null || topic == null) {
            return;
        }
        if (hasWindow() && call.isReady() && allInFlight.hasRoom(() -> loop.execute(this::readOn))) {
            isReading = true;
            call.request(1);
        }
    }

    private boolean hasWindow() {
        return bytesInFlight < WINDOW_BYTES && framesInFlight < shares.each();
    }

    @Override
    public void onError(Throwable failure) {
        ended();
    }

    @Override
    public void onCompleted() {
        isHalfClosed = true;
        endIfDue();
    }

    private void fail(Throwable failure) {
        if (!hasEnded) {
            ended();
            call.onError(StatusMapping.toException(failure));
        }
    }

    private void ended() {
        if (!hasEnded) {
            hasEnded = true;
            onEnded.run();
        }
    }
}
