package io.mq.bench.peers.mq;

import io.grpc.ManagedChannel;
import io.mq.bench.peers.broker.Acknowledgements;
import io.mq.bench.peers.broker.BrokerClient;
import io.mq.bench.peers.broker.Deliveries;
import io.mq.bench.peers.broker.PublishMode;
import io.mq.bench.peers.broker.Publisher;
import io.mq.bench.server.Channels;
import io.mq.client.MqClient;
import io.mq.proto.CreateTopicRequest;
import io.mq.proto.MessageQueueServiceGrpc;
import java.io.Closeable;

/** An application of mq. */
final class MqBrokerClient implements BrokerClient {

    private final String address;

    MqBrokerClient(String address) {
        this.address = address;
    }

    @Override
    public void createTopic(String topic) {
        ManagedChannel channel = Channels.connect(address);
        try {
            MessageQueueServiceGrpc.newBlockingStub(channel)
                    .createTopic(CreateTopicRequest.newBuilder().setName(topic).build());
        } finally {
            channel.shutdownNow();
        }
    }

    @Override
    public Publisher publisher(String topic, PublishMode mode, Acknowledgements acknowledgements) {
        return mode == PublishMode.SINGLE
                ? new UnaryPublisher(topic, Channels.connect(address), acknowledgements)
                : new BatchPublisher(topic, MqClient.forTarget(address).build(), acknowledgements);
    }

    @Override
    public Closeable consume(String topic, Deliveries deliveries) {
        return BatchReader.start(topic, MqClient.forTarget(address).build(), deliveries);
    }

    @Override
    public void close() {}
}
