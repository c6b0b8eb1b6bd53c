package io.mq.bench.peers.mq;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.mq.bench.peers.broker.Deliveries;
import io.mq.proto.Message;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.StartPosition;
import io.mq.proto.SubscribeRequest;
import java.io.Closeable;

/** A subscriber that reads on its own; its messages come on the thread that serves its connection. */
final class Subscription implements Closeable {

    private final ManagedChannel channel;

    private Subscription(ManagedChannel channel) {
        this.channel = channel;
    }

    static Subscription start(String topic, ManagedChannel channel, Deliveries deliveries) {
        MessageQueueServiceGrpc.newStub(channel)
                .subscribe(
                        SubscribeRequest.newBuilder()
                                .setTopic(topic)
                                .setStart(StartPosition.newBuilder().setEarliest(true))
                                .build(),
                        new Messages(deliveries));
        return new Subscription(channel);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    private record Messages(Deliveries deliveries) implements StreamObserver<Message> {

        @Override
        public void onNext(Message message) {
            deliveries.delivered(message.getPayload().asReadOnlyByteBuffer().getLong(0));
        }

        @Override
        public void onError(Throwable t) {
            deliveries.failed(t);
        }

        @Override
        public void onCompleted() {
            deliveries.failed(new IllegalStateException("the subscription ended"));
        }
    }
}
