package io.mq.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.mq.proto.MessageQueueServiceGrpc;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.Set;

/** Tells Subscribe and Consume calls where their client is connected from; other calls have no use for it and pay nothing. */
final class ClientAddress implements ServerInterceptor {

    private static final Context.Key<String> ADDRESS = Context.key("client-address");

    private static final Set<String> SUBSCRIBING = Set.of(
            MessageQueueServiceGrpc.getSubscribeMethod().getFullMethodName(),
            MessageQueueServiceGrpc.getConsumeMethod().getFullMethodName());

    /** The client of the call on this thread, as {@code host:port}; empty where it has no network address. */
    static String ofCurrentCall() {
        String address = ADDRESS.get();
        return address == null ? "" : address;
    }

    /** The same of another call; empty where it has no use for it. */
    static Optional<String> ofCall(Context call) {
        return Optional.ofNullable(ADDRESS.get(call));
    }

    @Override
    public <Q, A> Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (!SUBSCRIBING.contains(call.getMethodDescriptor().getFullMethodName())) {
            return next.startCall(call, headers);
        }
        String forwarded = headers.get(Forwarding.FORWARDED_BY) == null ? null : headers.get(Forwarding.FORWARDED_FOR);
        String address =
                forwarded == null ? shown(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)) : forwarded;
        return Contexts.interceptCall(Context.current().withValue(ADDRESS, address), call, headers, next);
    }

    private static String shown(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : "";
    }
}
