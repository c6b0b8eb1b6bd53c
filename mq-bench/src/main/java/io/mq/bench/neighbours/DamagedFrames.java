package io.mq.bench.neighbours;

import io.grpc.stub.StreamObserver;
import io.mq.proto.PublishFrame;
import io.mq.proto.PublishStreamInit;
import io.mq.proto.PublishStreamRequest;
import io.mq.proto.PublishStreamResponse;
import io.mq.proto.RecordBatch;
import java.util.List;

/** Sends one damaged frame after the other; each is refused, and the stream goes on. */
final class DamagedFrames extends PacedNeighbour {

    private static final String TOPIC = "bench-damaged-frames";
    private static final int PER_SECOND = 1000;
    private static final int PAYLOAD_BYTES = 1000;

    private final List<RecordBatch> damaged = Batches.damaged(PAYLOAD_BYTES);
    private final StreamObserver<PublishStreamRequest> stream;
    private long frames;

    DamagedFrames(String address) {
        super(address, TOPIC, PER_SECOND);
        stream = calls().publishStream(new Ignored<PublishStreamResponse>());
        stream.onNext(PublishStreamRequest.newBuilder()
                .setInit(PublishStreamInit.newBuilder().setTopic(TOPIC))
                .build());
    }

    @Override
    void act() {
        RecordBatch next = damaged.get((int) (frames % damaged.size()));
        stream.onNext(PublishStreamRequest.newBuilder()
                .setFrame(PublishFrame.newBuilder().setFrameId(++frames).setBatch(next))
                .build());
    }
}
