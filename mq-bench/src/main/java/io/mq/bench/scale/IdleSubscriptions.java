package io.mq.bench.scale;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.mq.bench.server.Channels;
import io.mq.proto.ConsumeInit;
import io.mq.proto.ConsumeRequest;
import io.mq.proto.ConsumeResponse;
import io.mq.proto.Credit;
import io.mq.proto.MessageQueueServiceGrpc;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Consumers of a topic in which nothing arrives: each is a Consume stream of its own with the credit that mq's client
 * gives, and belongs to no group, so that each reads all of the topic. Several share a connection, as they do in an
 * application.
 */
final class IdleSubscriptions implements Closeable {

    /** Far more than it takes on two busy cores. */
    private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(60);

    private static final long CREDIT_BYTES = 8 << 20;
    private static final long CREDIT_MESSAGES = 100_000;

    private final List<ManagedChannel> connections = new ArrayList<>();
    private final CountDownLatch opening;
    private volatile Throwable failure;

    private IdleSubscriptions(int count) {
        this.opening = new CountDownLatch(count);
    }

    /**
     * Opens subscriptions and waits until the server has given each its partitions.
     *
     * @param topic of one partition
     * @param connectionsMax that they share
     * @throws IOException where one of them is refused
     */
    static IdleSubscriptions open(String address, String topic, int count, int connectionsMax)
            throws IOException, InterruptedException {
        IdleSubscriptions opened = new IdleSubscriptions(count);
        try {
            for (int i = 0; i < Math.min(count, connectionsMax); i++) {
                opened.connections.add(Channels.connect(address));
            }
            for (int i = 0; i < count; i++) {
                opened.subscribe(opened.connections.get(i % opened.connections.size()), topic);
            }
            opened.awaitOpen(count);
            return opened;
        } catch (IOException | InterruptedException e) {
            opened.close();
            throw e;
        }
    }

    private void subscribe(ManagedChannel connection, String topic) {
        StreamObserver<ConsumeRequest> requests =
                MessageQueueServiceGrpc.newStub(connection).consume(new Subscription());
        requests.onNext(ConsumeRequest.newBuilder()
                .setInit(ConsumeInit.newBuilder().addTopics(topic))
                .build());
        requests.onNext(ConsumeRequest.newBuilder()
                .setCredit(Credit.newBuilder().setBytes(CREDIT_BYTES).setMessages(CREDIT_MESSAGES))
                .build());
    }

    private void awaitOpen(int count) throws IOException, InterruptedException {
        boolean isOpen = opening.await(OPEN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        requireOpen();
        if (!isOpen) {
            throw new IOException("%,d of %,d subscriptions are open after %s"
                    .formatted(count - opening.getCount(), count, OPEN_TIMEOUT));
        }
    }

    /** @throws IOException where one of them has ended: what was measured meanwhile was something else */
    void requireOpen() throws IOException {
        if (failure != null) {
            throw new IOException("a subscription ended: " + failure, failure);
        }
    }

    @Override
    public void close() {
        connections.forEach(ManagedChannel::shutdownNow);
    }

    private final class Subscription implements StreamObserver<ConsumeResponse> {

        @Override
        public void onNext(ConsumeResponse response) {
            if (response.hasAssigned()) {
                opening.countDown();
            }
        }

        @Override
        public void onError(Throwable t) {
            failure = t;
            // Nobody is to wait for the others.
            while (opening.getCount() > 0) {
                opening.countDown();
            }
        }

        @Override
        public void onCompleted() {
            onError(new IOException("the server has ended the stream"));
        }
    }
}
