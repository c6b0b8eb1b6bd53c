package io.mq.bench.neighbours;

import io.grpc.ManagedChannel;
import io.mq.proto.CreateTopicRequest;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceStub;

/** Does one and the same thing so many times a second, on one connection. */
abstract class PacedNeighbour implements BadNeighbour {

    private final ManagedChannel channel;
    private Pace pace;

    PacedNeighbour(String address) {
        channel = NeighbourChannels.builder(address).build();
    }

    final void createTopic(String topic) {
        var unused = MessageQueueServiceGrpc.newBlockingStub(channel)
                .createTopic(CreateTopicRequest.newBuilder().setName(topic).build());
    }

    final MessageQueueServiceStub calls() {
        return MessageQueueServiceGrpc.newStub(channel);
    }

    /** To be called once, when everything is there that {@code act} needs. */
    final void begin(int perSecond, Runnable act) {
        pace = Pace.start(perSecond, act);
    }

    @Override
    public final long acts() {
        return pace.acts();
    }

    @Override
    public final void close() {
        pace.close();
        channel.shutdownNow();
    }
}
