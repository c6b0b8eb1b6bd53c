package io.mq.bench.neighbours;

import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.mq.bench.server.Channels;
import io.mq.proto.ConsumeInit;
import io.mq.proto.ConsumeRequest;
import io.mq.proto.ConsumeResponse;
import io.mq.proto.CreateTopicRequest;
import io.mq.proto.Credit;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceBlockingStub;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceStub;
import io.mq.proto.PublishBatchRequest;
import java.util.ArrayList;
import java.util.List;

/** Consumers for which more is stored than their sockets hold, who have credit for all of it and read nothing. */
final class DeafConsumers implements BadNeighbour {

    private static final String TOPIC = "bench-deaf-consumers";
    private static final int CONNECTIONS = 10;
    private static final int CONSUMERS_EACH = 10;
    private static final int STORED_BATCHES = 64;
    private static final int BATCH_BYTES = 500_000;

    private static final ConsumeRequest INIT = ConsumeRequest.newBuilder()
            .setInit(ConsumeInit.newBuilder().addTopics(TOPIC))
            .build();

    private static final ConsumeRequest CREDIT = ConsumeRequest.newBuilder()
            .setCredit(Credit.newBuilder().setMessages(1L << 40).setBytes(1L << 50))
            .build();

    private final List<ManagedChannel> channels = new ArrayList<>();
    private long consumers;

    DeafConsumers(String address) {
        for (int i = 0; i < CONNECTIONS; i++) {
            ManagedChannel channel = Channels.connect(address);
            channels.add(channel);
            connect(MessageQueueServiceGrpc.newBlockingStub(channel));
        }
        store(MessageQueueServiceGrpc.newBlockingStub(channels.get(0)));
    }

    @Override
    public void begin() {
        channels.forEach(this::consume);
    }

    private static void connect(MessageQueueServiceBlockingStub calls) {
        var unused =
                calls.createTopic(CreateTopicRequest.newBuilder().setName(TOPIC).build());
    }

    private static void store(MessageQueueServiceBlockingStub calls) {
        PublishBatchRequest request = PublishBatchRequest.newBuilder()
                .setTopic(TOPIC)
                .setBatch(Batches.sound(BATCH_BYTES))
                .build();
        for (int i = 0; i < STORED_BATCHES; i++) {
            var stored = calls.publishBatch(request);
        }
    }

    private void consume(ManagedChannel channel) {
        MessageQueueServiceStub calls = MessageQueueServiceGrpc.newStub(channel);
        for (int i = 0; i < CONSUMERS_EACH; i++) {
            StreamObserver<ConsumeRequest> stream = calls.consume(new DeafConsumer());
            stream.onNext(INIT);
            stream.onNext(CREDIT);
            consumers++;
        }
    }

    /** Consumers that were opened. */
    @Override
    public long acts() {
        return consumers;
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
    }

    /** Takes the first answer, which is that it is ready, and no other. */
    private static final class DeafConsumer extends Ignored<ConsumeResponse>
            implements ClientResponseObserver<ConsumeRequest, ConsumeResponse> {

        @Override
        public void beforeStart(ClientCallStreamObserver<ConsumeRequest> stream) {
            stream.disableAutoRequestWithInitial(1);
        }
    }
}
