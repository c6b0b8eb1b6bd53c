package io.mq.bench.latency;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.mq.bench.pace.DueTime;
import io.mq.bench.server.Channels;
import io.mq.proto.CreateTopicRequest;
import io.mq.proto.Message;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceStub;
import io.mq.proto.PublishRequest;
import io.mq.proto.PublishResponse;
import io.mq.proto.StartPosition;
import io.mq.proto.SubscribeRequest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * One producer at a fixed rate and one subscriber, each on a connection of its own. Each message carries the moment at
 * which it was due, not at which it was sent, so a server that stalls is charged for all that it kept waiting.
 *
 * <p>For one thread at a time.
 */
public final class PacedTraffic implements Closeable {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final String topic;
    private final long intervalNanos;
    private final int bytes;
    private final ManagedChannel producer;
    private final ManagedChannel consumer;
    private final MessageQueueServiceStub publisher;

    /** What is being measured; null while nothing is. */
    private volatile Latencies present;

    private volatile boolean isClosing;
    private volatile Throwable failure;

    /**
     * Creates the topic and subscribes to it.
     *
     * @param perSecond messages
     * @param bytes of a payload, 8 at least
     */
    public PacedTraffic(String address, String topic, int perSecond, int bytes) {
        this.topic = topic;
        this.intervalNanos = NANOS_PER_SECOND / perSecond;
        this.bytes = bytes;
        this.producer = Channels.connect(address);
        this.consumer = Channels.connect(address);
        this.publisher = MessageQueueServiceGrpc.newStub(producer);
        MessageQueueServiceGrpc.newBlockingStub(producer)
                .createTopic(CreateTopicRequest.newBuilder().setName(topic).build());
        MessageQueueServiceGrpc.newStub(consumer)
                .subscribe(
                        SubscribeRequest.newBuilder()
                                .setTopic(topic)
                                .setStart(StartPosition.newBuilder().setLatest(true))
                                .build(),
                        new Delivered());
    }

    /**
     * Publishes and looks at nothing.
     *
     * @throws IOException where a call fails
     */
    public void warmUp(Duration duration) throws IOException {
        publish(duration);
    }

    /**
     * Publishes and takes the times.
     *
     * @throws IOException where a call fails
     */
    public Latencies measure(Duration duration) throws IOException {
        Latencies latencies = new Latencies();
        present = latencies;
        publish(duration);
        present = null;
        return latencies;
    }

    private void publish(Duration duration) throws IOException {
        long start = System.nanoTime();
        long count = duration.toNanos() / intervalNanos;
        for (long i = 0; i < count && failure == null; i++) {
            long due = start + i * intervalNanos;
            DueTime.await(due);
            publisher.publish(message(due), new Acknowledged(due));
        }
        if (failure != null) {
            throw new IOException("a call failed: " + failure, failure);
        }
    }

    private PublishRequest message(long due) {
        ByteBuffer payload = ByteBuffer.allocate(bytes).putLong(0, due);
        return PublishRequest.newBuilder()
                .setTopic(topic)
                .setPayload(ByteString.copyFrom(payload))
                .build();
    }

    private static void record(Histogram histogram, long due) {
        histogram.recordValue(System.nanoTime() - due);
    }

    private void failed(Throwable why) {
        if (!isClosing) {
            failure = why;
        }
    }

    @Override
    public void close() {
        isClosing = true;
        producer.shutdownNow();
        consumer.shutdownNow();
    }

    private final class Acknowledged implements StreamObserver<PublishResponse> {

        private final long due;

        Acknowledged(long due) {
            this.due = due;
        }

        @Override
        public void onNext(PublishResponse response) {
            Latencies latencies = present;
            if (latencies != null) {
                record(latencies.acknowledged(), due);
            }
        }

        @Override
        public void onError(Throwable t) {
            failed(t);
        }

        @Override
        public void onCompleted() {}
    }

    private final class Delivered implements StreamObserver<Message> {

        @Override
        public void onNext(Message message) {
            Latencies latencies = present;
            if (latencies != null) {
                record(
                        latencies.delivered(),
                        message.getPayload().asReadOnlyByteBuffer().getLong(0));
            }
        }

        @Override
        public void onError(Throwable t) {
            failed(t);
        }

        @Override
        public void onCompleted() {}
    }
}
