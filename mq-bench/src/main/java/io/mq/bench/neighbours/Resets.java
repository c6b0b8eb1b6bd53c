package io.mq.bench.neighbours;

import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mq.bench.server.Channels;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceStub;
import io.mq.proto.PublishStreamRequest;
import io.mq.proto.PublishStreamResponse;

/** Opens a call and resets it, again and again; where the server closes the connection, on another one. */
final class Resets implements BadNeighbour {

    private static final int PER_SECOND = 1000;

    private final ManagedChannel channel;
    private final MessageQueueServiceStub calls;
    private final Pace pace;

    Resets(String address) {
        channel = Channels.connect(address);
        calls = MessageQueueServiceGrpc.newStub(channel);
        pace = Pace.start(PER_SECOND, this::openAndReset);
    }

    private void openAndReset() {
        StreamObserver<PublishStreamRequest> stream = calls.publishStream(new Ignored<PublishStreamResponse>());
        ((ClientCallStreamObserver<PublishStreamRequest>) stream).cancel("as a bad neighbour does", null);
    }

    @Override
    public long acts() {
        return pace.acts();
    }

    @Override
    public void close() {
        pace.close();
        channel.shutdownNow();
    }
}
