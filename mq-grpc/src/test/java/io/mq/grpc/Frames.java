package io.mq.grpc;

import static io.mq.grpc.ServerFixture.TIMEOUT_SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.mq.proto.FrameResult;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceStub;
import io.mq.proto.PublishFrame;
import io.mq.proto.PublishStreamInit;
import io.mq.proto.PublishStreamReady;
import io.mq.proto.PublishStreamRequest;
import io.mq.proto.PublishStreamResponse;
import io.mq.proto.RecordBatch;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A client's PublishStream call. */
final class Frames implements ClientResponseObserver<PublishStreamRequest, PublishStreamResponse> {

    private final BlockingQueue<PublishStreamResponse> responses = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final boolean reads;
    private ClientCallStreamObserver<PublishStreamRequest> call;
    private long frames;

    private Frames(boolean reads) {
        this.reads = reads;
    }

    static Frames open(MessageQueueServiceStub stub) {
        return open(stub, true);
    }

    private static Frames open(MessageQueueServiceStub stub, boolean reads) {
        Frames opened = new Frames(reads);
        var unused = stub.publishStream(opened);
        return opened;
    }

    /** A call whose client takes the first answer and no other. */
    static Frames openWithoutReading(MessageQueueServiceStub stub) {
        return open(stub, false);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<PublishStreamRequest> stream) {
        call = stream;
        if (!reads) {
            stream.disableAutoRequestWithInitial(1);
        }
    }

    PublishStreamReady init(String topic, long producerId) throws InterruptedException {
        send(PublishStreamRequest.newBuilder()
                .setInit(PublishStreamInit.newBuilder().setTopic(topic).setProducerId(producerId))
                .build());
        PublishStreamResponse response = next();
        assertThat(response.hasReady()).as("whether %s is ready", response).isTrue();
        return response.getReady();
    }

    void send(PublishStreamRequest request) {
        call.onNext(request);
    }

    /** Sends a frame; answers its number. */
    long send(int partition, RecordBatch batch) {
        send(PublishStreamRequest.newBuilder()
                .setFrame(PublishFrame.newBuilder()
                        .setFrameId(++frames)
                        .setPartition(partition)
                        .setBatch(batch))
                .build());
        return frames;
    }

    FrameResult publish(int partition, RecordBatch batch) throws InterruptedException {
        long frame = send(partition, batch);
        FrameResult result = nextResult();
        assertThat(result.getFrameId()).isEqualTo(frame);
        return result;
    }

    FrameResult nextResult() throws InterruptedException {
        PublishStreamResponse response = next();
        assertThat(response.hasResult()).as("whether %s is a result", response).isTrue();
        return response.getResult();
    }

    private PublishStreamResponse next() throws InterruptedException {
        PublishStreamResponse response = responses.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        assertThat(response).as("an answer; the call's end: %s", end).isNotNull();
        return response;
    }

    ClientCallStreamObserver<PublishStreamRequest> call() {
        return call;
    }

    boolean hasResults() {
        return !responses.isEmpty();
    }

    void complete() {
        call.onCompleted();
    }

    void awaitEnd() throws InterruptedException, ExecutionException, TimeoutException {
        end.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    StatusRuntimeException awaitFailure() throws InterruptedException, TimeoutException {
        try {
            awaitEnd();
            throw new AssertionError("the call ended well");
        } catch (ExecutionException e) {
            return (StatusRuntimeException) e.getCause();
        }
    }

    @Override
    public void onNext(PublishStreamResponse response) {
        responses.add(response);
    }

    @Override
    public void onError(Throwable failure) {
        end.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
        end.complete(null);
    }
}
