package io.mq.bench.neighbours;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceStub;
import io.mq.proto.PublishStreamRequest;
import io.mq.proto.PublishStreamResponse;

/** Opens a call and resets it, again and again; where the server closes the connection, on another one. */
final class Resets extends PacedNeighbour {

    private static final String TOPIC = "bench-resets";
    private static final int PER_SECOND = 1000;

    private final MessageQueueServiceStub calls;

    Resets(String address) {
        super(address, TOPIC, PER_SECOND);
        calls = calls();
    }

    @Override
    void act() {
        StreamObserver<PublishStreamRequest> stream = calls.publishStream(new Ignored<PublishStreamResponse>());
        ((ClientCallStreamObserver<PublishStreamRequest>) stream).cancel("as a bad neighbour does", null);
    }
}
