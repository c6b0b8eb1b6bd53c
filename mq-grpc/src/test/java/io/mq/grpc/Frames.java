package io.mq.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.proto.FrameResult;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceStub;
import io.mq.proto.PublishFrame;
import io.mq.proto.PublishStreamInit;
import io.mq.proto.PublishStreamReady;
import io.mq.proto.PublishStreamRequest;
import io.mq.proto.PublishStreamResponse;
import io.mq.proto.RecordBatch;

/** A client's PublishStream call. */
final class Frames extends Conversation<PublishStreamRequest, PublishStreamResponse> {

    private long frames;

    private Frames(boolean reads) {
        super(reads);
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

    PublishStreamReady init(String topic, long producerId) throws InterruptedException {
        send(PublishStreamRequest.newBuilder()
                .setInit(PublishStreamInit.newBuilder().setTopic(topic).setProducerId(producerId))
                .build());
        PublishStreamResponse response = next();
        assertThat(response.hasReady()).as("whether %s is ready", response).isTrue();
        return response.getReady();
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

    boolean hasResults() {
        return !pending().isEmpty();
    }
}
