package io.mq.system.chaos;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceBlockingStub;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceStub;
import java.io.Closeable;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A client's connection to one server: to one of its lives, or to what listens there at the time. */
final class Connection implements Closeable {

    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final int MESSAGE_BYTES_MAX = 16 << 20;

    private final ManagedChannel channel;
    private final Duration deadline;

    Connection(String address) {
        this(address, DEADLINE);
    }

    /** @param deadline of the calls of {@link #blocking()} */
    Connection(String address, Duration deadline) {
        this.deadline = deadline;
        channel = NettyChannelBuilder.forTarget(address)
                .usePlaintext()
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .build();
    }

    /** Calls that wait, but not for ever. */
    MessageQueueServiceBlockingStub blocking() {
        return MessageQueueServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Streams that are read by pulling; they have no deadline. */
    MessageQueueServiceBlockingStub streaming() {
        return MessageQueueServiceGrpc.newBlockingStub(channel);
    }

    MessageQueueServiceStub async() {
        return MessageQueueServiceGrpc.newStub(channel);
    }

    @Override
    public void close() {
        channel.shutdownNow();
        try {
            channel.awaitTermination(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
