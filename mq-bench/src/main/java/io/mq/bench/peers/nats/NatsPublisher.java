package io.mq.bench.peers.nats;

import io.mq.bench.peers.broker.Acknowledgements;
import io.mq.bench.peers.broker.Publisher;
import io.mq.bench.peers.broker.Window;
import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** JetStream's asynchronous publishing, with a bound that the Java client leaves to the application. */
final class NatsPublisher implements Publisher {

    /** Longer than a slow disk stalls. */
    private static final Duration ACKNOWLEDGEMENT_TIMEOUT = Duration.ofSeconds(60);

    private final String subject;
    private final Connection connection;
    private final JetStream jetStream;
    private final Window window;

    NatsPublisher(String subject, Connection connection, Acknowledgements acknowledgements, int inFlightMax)
            throws IOException {
        this.subject = subject;
        this.connection = connection;
        this.jetStream = connection.jetStream(JetStreamOptions.builder()
                .requestTimeout(ACKNOWLEDGEMENT_TIMEOUT)
                .build());
        this.window = new Window(inFlightMax, acknowledgements);
    }

    @Override
    public void publish(byte[] payload) throws InterruptedException {
        window.enter();
        CompletableFuture<?> unused =
                jetStream.publishAsync(subject, payload).whenComplete((stored, failure) -> window.leave(failure));
    }

    @Override
    public void close() {
        NatsBrokerClient.close(connection);
    }
}
