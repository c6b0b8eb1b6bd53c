package io.mq.client;

import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** A real server, on a port of this host, of what a fake answers. One fake may have several. */
final class FakeServer implements AutoCloseable {

    private final Server server;
    private final int port;
    private final StartedCalls calls;

    private FakeServer(Server server, StartedCalls calls) {
        this.server = server;
        this.port = server.getPort();
        this.calls = calls;
    }

    /** Counts calls that arrive, by the names of their methods. */
    private static final class StartedCalls implements ServerInterceptor {

        private final Map<String, LongAdder> byMethod = new ConcurrentHashMap<>();

        LongAdder of(String method) {
            return byMethod.computeIfAbsent(method, name -> new LongAdder());
        }

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            of(call.getMethodDescriptor().getBareMethodName()).increment();
            return next.startCall(call, headers);
        }
    }

    /** @param port 0 for any that is free */
    static FakeServer start(ServerServiceDefinition service, int port, ServerCredentials credentials) {
        return start(List.of(service), port, credentials);
    }

    private static FakeServer start(List<ServerServiceDefinition> services, int port, ServerCredentials credentials) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        StartedCalls calls = new StartedCalls();
        try {
            Server server = NettyServerBuilder.forAddress(address, credentials)
                    .addServices(services)
                    .intercept(calls)
                    .directExecutor()
                    .maxInboundMessageSize(64 << 20)
                    .build()
                    .start();
            return new FakeServer(server, calls);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static FakeServer start(ServerServiceDefinition... services) {
        return start(List.of(services), 0, InsecureServerCredentials.create());
    }

    /** How many calls of a method have arrived. */
    int calls(String method) {
        return calls.of(method).intValue();
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
