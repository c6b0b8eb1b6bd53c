package io.mq.bench.server;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;

/** Connections of a load generator. */
public final class Channels {

    private static final int MESSAGE_BYTES_MAX = 64 << 20;

    private Channels() {}

    /** Callbacks come on the thread that serves the socket, so they must be short. */
    public static ManagedChannel connect(String address) {
        return builder(address).build();
    }

    /** The same, with room for so many bytes that were received and not read, 65,535 at least. */
    public static ManagedChannel connect(String address, int windowBytes) {
        return builder(address).flowControlWindow(windowBytes).build();
    }

    private static NettyChannelBuilder builder(String address) {
        return NettyChannelBuilder.forTarget(address)
                .usePlaintext()
                .directExecutor()
                .maxInboundMessageSize(MESSAGE_BYTES_MAX);
    }
}
