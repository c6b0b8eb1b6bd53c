package io.mq.bench.neighbours;

import io.grpc.ManagedChannel;
import io.mq.bench.server.Channels;
import io.mq.proto.CreateTopicRequest;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceStub;

/** Does one and the same thing so many times a second, on one connection and for a topic of its own. */
abstract class PacedNeighbour implements BadNeighbour {

    private final ManagedChannel channel;
    private final int perSecond;
    private Pace pace;

    PacedNeighbour(String address, String topic, int perSecond) {
        this.channel = Channels.connect(address);
        this.perSecond = perSecond;
        var unused = MessageQueueServiceGrpc.newBlockingStub(channel)
                .createTopic(CreateTopicRequest.newBuilder().setName(topic).build());
    }

    final MessageQueueServiceStub calls() {
        return MessageQueueServiceGrpc.newStub(channel);
    }

    /** What it does, each time on the same thread. */
    abstract void act();

    @Override
    public final void begin() {
        pace = Pace.start(perSecond, this::act);
    }

    @Override
    public final long acts() {
        return pace.acts();
    }

    @Override
    public final void close() {
        if (pace != null) {
            pace.close();
        }
        channel.shutdownNow();
    }
}
