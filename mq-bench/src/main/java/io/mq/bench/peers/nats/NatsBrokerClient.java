package io.mq.bench.peers.nats;

import io.mq.bench.peers.broker.Acknowledgements;
import io.mq.bench.peers.broker.BrokerClient;
import io.mq.bench.peers.broker.Deliveries;
import io.mq.bench.peers.broker.PublishMode;
import io.mq.bench.peers.broker.Publisher;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** An application with NATS's Java client. A topic is a stream with one subject of the same name. */
final class NatsBrokerClient implements BrokerClient {

    private final int inFlightMax;
    private final int replicas;
    private final Options options;
    private final Connection connection;

    /** @param inFlightMax messages that a producer has unacknowledged, unless each is sent by itself */
    NatsBrokerClient(List<String> addresses, int inFlightMax) throws IOException {
        this.inFlightMax = inFlightMax;
        this.replicas = addresses.size();
        String[] urls = addresses.stream().map(address -> "nats://" + address).toArray(String[]::new);
        this.options = Options.builder().servers(urls).build();
        this.connection = connect(options);
    }

    private static Connection connect(Options options) throws IOException {
        try {
            return Nats.connect(options);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while connecting to NATS", e);
        }
    }

    @Override
    public void createTopic(String topic) throws IOException {
        StreamConfiguration stream = StreamConfiguration.builder()
                .name(topic)
                .subjects(topic)
                .storageType(StorageType.File)
                .replicas(replicas)
                .build();
        try {
            connection.jetStreamManagement().addStream(stream);
        } catch (JetStreamApiException e) {
            throw new IOException("NATS did not create the stream: " + e, e);
        }
    }

    @Override
    public Publisher publisher(String topic, PublishMode mode, Acknowledgements acknowledgements) throws IOException {
        int max = mode == PublishMode.SINGLE ? PublishMode.SINGLES_IN_FLIGHT : inFlightMax;
        return new NatsPublisher(topic, connect(options), acknowledgements, max);
    }

    @Override
    public Closeable consume(String topic, Deliveries deliveries) throws IOException {
        return NatsReader.start(topic, connect(options), deliveries);
    }

    @Override
    public void close() {
        close(connection);
    }

    static void close(Connection connection) {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
