package io.mq.bench.peers.mq;

import io.mq.bench.peers.broker.Acknowledgements;
import io.mq.bench.peers.broker.BrokerClient;
import io.mq.bench.peers.broker.Deliveries;
import io.mq.bench.peers.broker.PublishMode;
import io.mq.bench.peers.broker.Publisher;
import io.mq.bench.server.Channels;
import io.mq.client.MqClient;
import java.io.Closeable;
import java.util.List;

/** An application of mq. */
final class MqBrokerClient implements BrokerClient {

    private static final int PARTITIONS = 1;

    private final List<String> addresses;

    MqBrokerClient(List<String> addresses) {
        this.addresses = addresses;
    }

    @Override
    public void createTopic(String topic) {
        try (MqClient client = client()) {
            var unused = client.admin().createTopic(topic, PARTITIONS).join();
        }
    }

    @Override
    public Publisher publisher(String topic, PublishMode mode, Acknowledgements acknowledgements) {
        return mode == PublishMode.SINGLE
                ? new UnaryPublisher(topic, Channels.connect(addresses.get(0)), acknowledgements)
                : new BatchPublisher(topic, client(), acknowledgements);
    }

    @Override
    public Closeable consume(String topic, Deliveries deliveries) {
        return BatchReader.start(topic, client(), deliveries);
    }

    private MqClient client() {
        return MqClient.forAddresses(addresses).build();
    }

    @Override
    public void close() {}
}
