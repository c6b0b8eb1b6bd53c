package io.mq.bench.neighbours;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.mq.bench.server.Channels;
import io.mq.proto.CreateTopicRequest;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.PublishFrame;
import io.mq.proto.PublishStreamInit;
import io.mq.proto.PublishStreamRequest;
import io.mq.proto.PublishStreamResponse;
import io.mq.proto.RecordBatch;
import java.util.List;

/** Sends one damaged frame after the other; each is refused, and the stream goes on. */
final class DamagedFrames implements BadNeighbour {

    private static final String TOPIC = "bench-damaged-frames";
    private static final int PER_SECOND = 1000;
    private static final int PAYLOAD_BYTES = 1000;

    private final List<RecordBatch> damaged = Batches.damaged(PAYLOAD_BYTES);
    private final ManagedChannel channel;
    private final StreamObserver<PublishStreamRequest> stream;
    private final Pace pace;
    private long frames;

    DamagedFrames(String address) {
        channel = Channels.connect(address);
        MessageQueueServiceGrpc.newBlockingStub(channel)
                .createTopic(CreateTopicRequest.newBuilder().setName(TOPIC).build());
        stream = MessageQueueServiceGrpc.newStub(channel).publishStream(new Ignored<PublishStreamResponse>());
        stream.onNext(PublishStreamRequest.newBuilder()
                .setInit(PublishStreamInit.newBuilder().setTopic(TOPIC))
                .build());
        pace = Pace.start(PER_SECOND, this::send);
    }

    private void send() {
        RecordBatch next = damaged.get((int) (frames % damaged.size()));
        stream.onNext(PublishStreamRequest.newBuilder()
                .setFrame(PublishFrame.newBuilder().setFrameId(++frames).setBatch(next))
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
