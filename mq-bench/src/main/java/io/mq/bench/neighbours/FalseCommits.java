package io.mq.bench.neighbours;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.mq.bench.server.Channels;
import io.mq.proto.ConsumeCommit;
import io.mq.proto.ConsumeInit;
import io.mq.proto.ConsumeRequest;
import io.mq.proto.ConsumeResponse;
import io.mq.proto.CreateTopicRequest;
import io.mq.proto.MessageQueueServiceGrpc;

/** Commits what it was never sent, in a generation that there never was. */
final class FalseCommits implements BadNeighbour {

    private static final String TOPIC = "bench-false-commits";
    private static final int PER_SECOND = 1000;

    private final ManagedChannel channel;
    private final StreamObserver<ConsumeRequest> stream;
    private final Pace pace;
    private long offset;

    FalseCommits(String address) {
        channel = Channels.connect(address);
        MessageQueueServiceGrpc.newBlockingStub(channel)
                .createTopic(CreateTopicRequest.newBuilder().setName(TOPIC).build());
        stream = MessageQueueServiceGrpc.newStub(channel).consume(new Ignored<ConsumeResponse>());
        stream.onNext(ConsumeRequest.newBuilder()
                .setInit(ConsumeInit.newBuilder().addTopics(TOPIC).setConsumerGroup(TOPIC))
                .build());
        pace = Pace.start(PER_SECOND, this::commit);
    }

    private void commit() {
        stream.onNext(ConsumeRequest.newBuilder()
                .setCommit(ConsumeCommit.newBuilder()
                        .setTopic(TOPIC)
                        .setGeneration(Long.MAX_VALUE)
                        .setOffset(++offset))
                .build());
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
