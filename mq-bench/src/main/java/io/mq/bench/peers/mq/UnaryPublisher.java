package io.mq.bench.peers.mq;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.mq.bench.peers.broker.Acknowledgements;
import io.mq.bench.peers.broker.PublishMode;
import io.mq.bench.peers.broker.Publisher;
import io.mq.bench.peers.broker.Window;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceStub;
import io.mq.proto.PublishRequest;
import io.mq.proto.PublishResponse;

/** One call per message. */
final class UnaryPublisher implements Publisher {

    private final String topic;
    private final ManagedChannel channel;
    private final MessageQueueServiceStub stub;
    private final Window window;

    UnaryPublisher(String topic, ManagedChannel channel, Acknowledgements acknowledgements) {
        this.topic = topic;
        this.channel = channel;
        this.stub = MessageQueueServiceGrpc.newStub(channel);
        this.window = new Window(PublishMode.SINGLES_IN_FLIGHT, acknowledgements);
    }

    @Override
    public void publish(byte[] payload) throws InterruptedException {
        window.enter();
        stub.publish(
                PublishRequest.newBuilder()
                        .setTopic(topic)
                        .setPayload(UnsafeByteOperations.unsafeWrap(payload))
                        .build(),
                new Answer());
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    private final class Answer implements StreamObserver<PublishResponse> {

        @Override
        public void onNext(PublishResponse response) {
            window.leave(null);
        }

        @Override
        public void onError(Throwable t) {
            window.leave(t);
        }

        @Override
        public void onCompleted() {}
    }
}
