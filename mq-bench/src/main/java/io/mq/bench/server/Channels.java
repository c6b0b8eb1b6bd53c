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

    /** For what only some have. */
    public static NettyChannelBuilder builder(String address) {
        return NettyChannelBuilder.forTarget(address)
                .usePlaintext()
                .directExecutor()
                .maxInboundMessageSize(MESSAGE_BYTES_MAX);
    }
}
