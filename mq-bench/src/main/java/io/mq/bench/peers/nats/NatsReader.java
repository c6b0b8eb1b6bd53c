package io.mq.bench.peers.nats;

import io.mq.bench.peers.broker.Deliveries;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.JetStreamApiException;
import io.nats.client.PushSubscribeOptions;
import java.io.Closeable;
import java.io.IOException;

/** An ordered push consumer, the fastest that JetStream has: it is sent messages without asking and confirms none. */
final class NatsReader implements Closeable {

    private final Connection connection;

    private NatsReader(Connection connection) {
        this.connection = connection;
    }

    static NatsReader start(String subject, Connection connection, Deliveries deliveries) throws IOException {
        Dispatcher dispatcher = connection.createDispatcher();
        PushSubscribeOptions ordered =
                PushSubscribeOptions.builder().ordered(true).build();
        try {
            connection
                    .jetStream()
                    .subscribe(subject, dispatcher, message -> deliveries.delivered(message.getData()), false, ordered);
        } catch (JetStreamApiException e) {
            throw new IOException("NATS did not subscribe: " + e, e);
        }
        return new NatsReader(connection);
    }

    @Override
    public void close() {
        NatsBrokerClient.close(connection);
    }
}
