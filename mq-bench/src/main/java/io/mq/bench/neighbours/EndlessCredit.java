package io.mq.bench.neighbours;

import io.grpc.stub.StreamObserver;
import io.mq.proto.ConsumeInit;
import io.mq.proto.ConsumeRequest;
import io.mq.proto.ConsumeResponse;
import io.mq.proto.Credit;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceStub;

/** Consumers that give the largest credit there is, twice, and leave. */
final class EndlessCredit extends PacedNeighbour {

    private static final String TOPIC = "bench-endless-credit";
    private static final int PER_SECOND = 100;

    private static final ConsumeRequest CREDIT = ConsumeRequest.newBuilder()
            .setCredit(Credit.newBuilder().setMessages(Long.MAX_VALUE).setBytes(Long.MAX_VALUE))
            .build();

    private final MessageQueueServiceStub calls;

    EndlessCredit(String address) {
        super(address, TOPIC, PER_SECOND);
        calls = calls();
    }

    @Override
    void act() {
        StreamObserver<ConsumeRequest> stream = calls.consume(new Ignored<ConsumeResponse>());
        stream.onNext(ConsumeRequest.newBuilder()
                .setInit(ConsumeInit.newBuilder().addTopics(TOPIC))
                .build());
        stream.onNext(CREDIT);
        stream.onNext(CREDIT);
        stream.onCompleted();
    }
}
