package io.mq.bench.neighbours;

import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.mq.bench.server.Channels;
import io.mq.proto.CreateTopicRequest;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceStub;
import io.mq.proto.PublishFrame;
import io.mq.proto.PublishStreamInit;
import io.mq.proto.PublishStreamRequest;
import io.mq.proto.PublishStreamResponse;
import java.util.concurrent.atomic.LongAdder;

/** Streams of small frames whose producers read no answer but the first: they send until the server reads no further. */
final class DeafProducers implements BadNeighbour {

    private static final String TOPIC = "bench-deaf-producers";
    private static final int PRODUCERS = 10;
    private static final int PAYLOAD_BYTES = 10;

    /** The smallest: what fits into it is still published, and at full speed. */
    private static final int WINDOW_BYTES = 65_535;

    private static final PublishStreamRequest INIT = PublishStreamRequest.newBuilder()
            .setInit(PublishStreamInit.newBuilder().setTopic(TOPIC))
            .build();

    private static final PublishStreamRequest FRAME = PublishStreamRequest.newBuilder()
            .setFrame(PublishFrame.newBuilder().setBatch(Batches.sound(PAYLOAD_BYTES)))
            .build();

    private final LongAdder frames = new LongAdder();
    private final ManagedChannel channel;

    DeafProducers(String address) {
        channel = Channels.builder(address).flowControlWindow(WINDOW_BYTES).build();
        MessageQueueServiceGrpc.newBlockingStub(channel)
                .createTopic(CreateTopicRequest.newBuilder().setName(TOPIC).build());
    }

    @Override
    public void begin() {
        MessageQueueServiceStub calls = MessageQueueServiceGrpc.newStub(channel);
        for (int i = 0; i < PRODUCERS; i++) {
            var unused = calls.publishStream(new DeafProducer());
        }
    }

    /** Frames that went out. */
    @Override
    public long acts() {
        return frames.sum();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    private final class DeafProducer extends Ignored<PublishStreamResponse>
            implements ClientResponseObserver<PublishStreamRequest, PublishStreamResponse> {

        private ClientCallStreamObserver<PublishStreamRequest> call;
        private PublishStreamRequest next = INIT;

        @Override
        public void beforeStart(ClientCallStreamObserver<PublishStreamRequest> stream) {
            call = stream;
            stream.disableAutoRequestWithInitial(1);
            stream.setOnReadyHandler(this::send);
        }

        private void send() {
            while (call.isReady()) {
                call.onNext(next);
                next = FRAME;
                frames.increment();
            }
        }
    }
}
