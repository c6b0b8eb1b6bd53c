package io.mq.bench.neighbours;

import io.grpc.stub.StreamObserver;
import io.mq.proto.ConsumeCommit;
import io.mq.proto.ConsumeInit;
import io.mq.proto.ConsumeRequest;
import io.mq.proto.ConsumeResponse;

/** Commits what it was never sent, in a generation that there never was. */
final class FalseCommits extends PacedNeighbour {

    private static final String TOPIC = "bench-false-commits";
    private static final int PER_SECOND = 1000;

    private final StreamObserver<ConsumeRequest> stream;
    private long offset;

    FalseCommits(String address) {
        super(address, TOPIC, PER_SECOND);
        stream = calls().consume(new Ignored<ConsumeResponse>());
        stream.onNext(ConsumeRequest.newBuilder()
                .setInit(ConsumeInit.newBuilder().addTopics(TOPIC).setConsumerGroup(TOPIC))
                .build());
    }

    @Override
    void act() {
        stream.onNext(ConsumeRequest.newBuilder()
                .setCommit(ConsumeCommit.newBuilder()
                        .setTopic(TOPIC)
                        .setGeneration(Long.MAX_VALUE)
                        .setOffset(++offset))
                .build());
    }
}
