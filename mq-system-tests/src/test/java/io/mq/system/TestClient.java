package io.mq.system;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.mq.proto.CreateTopicRequest;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceBlockingStub;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceStub;
import io.mq.proto.PublishRequest;
import io.mq.proto.PublishResponse;
import java.io.Closeable;
import java.util.concurrent.TimeUnit;

/** The generated stubs, and the calls that most tests begin with. */
final class TestClient implements Closeable {

    private static final int DEADLINE_SECONDS = 30;

    private final ManagedChannel channel;

    TestClient(String address) {
        channel = NettyChannelBuilder.forTarget(address)
                .usePlaintext()
                .maxInboundMessageSize(32 << 20)
                .build();
    }

    MessageQueueServiceBlockingStub calls() {
        return MessageQueueServiceGrpc.newBlockingStub(channel).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    MessageQueueServiceStub async() {
        return MessageQueueServiceGrpc.newStub(channel);
    }

    void createTopic(String name, int partitions) {
        calls().createTopic(CreateTopicRequest.newBuilder()
                .setName(name)
                .setPartitions(partitions)
                .build());
    }

    PublishResponse publish(String topic, String payload) {
        return publish(topic, ByteString.copyFromUtf8(payload));
    }

    PublishResponse publish(String topic, ByteString payload) {
        return calls().publish(PublishRequest.newBuilder()
                .setTopic(topic)
                .setPayload(payload)
                .build());
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
