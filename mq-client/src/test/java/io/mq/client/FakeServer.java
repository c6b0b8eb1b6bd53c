package io.mq.client;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A real server, on a port of this host, of what a fake answers. One fake may have several. */
final class FakeServer implements AutoCloseable {

    private final Server server;
    private final int port;

    private FakeServer(Server server) {
        this.server = server;
        this.port = server.getPort();
    }

    /** @param port 0 for any that is free */
    static FakeServer start(ServerServiceDefinition service, int port, ServerCredentials credentials) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try {
            return new FakeServer(NettyServerBuilder.forAddress(address, credentials)
                    .addService(service)
                    .directExecutor()
                    .maxInboundMessageSize(64 << 20)
                    .build()
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static FakeServer start(ServerServiceDefinition service) {
        return start(service, 0, InsecureServerCredentials.create());
    }

    int port() {
        return port;
    }

    String address() {
        return "localhost:" + port;
    }

    /** Loses every connection. */
    @Override
    public void close() {
        try {
            server.shutdownNow().awaitTermination();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
