package io.mq.grpc;

import io.grpc.Attributes;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.mq.core.broker.Broker;
import io.mq.core.broker.ForwardedFigures;
import io.mq.core.cluster.Leadership;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.netty.channel.EventLoop;
import java.io.Closeable;
import java.io.InputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Passes calls on to the node that leads, message by message and unread. While none is known, a call waits for one, but
 * not for long, and nothing of it is read meanwhile. A call that was passed on once is not passed on again: it fails, and
 * its client, which is told so, calls once more.
 *
 * <p>Safe for use by any thread.
 */
final class Forwarding extends ServerTransportFilter implements Closeable {

    /** Says that a call comes from another node, and from which. */
    static final Metadata.Key<String> FORWARDED_BY =
            Metadata.Key.of("mq-forwarded-by", Metadata.ASCII_STRING_MARSHALLER);

    /** Says whose call it is, as {@code host:port}. */
    static final Metadata.Key<String> FORWARDED_FOR =
            Metadata.Key.of("mq-forwarded-for", Metadata.ASCII_STRING_MARSHALLER);

    private static final Attributes.Key<LeaderConnection> CONNECTION = Attributes.Key.create("leader-connection");

    /**
     * Calls of all clients that may wait for a leader. Of each, what has arrived waits unread, which HTTP/2 bounds by a
     * stream's window, 1 MiB; few are as large.
     */
    private static final int WAITING_MAX = 2_000;

    /** Of a call; what its client does not read waits here. Enough for 100 MB/s where the leader is 1 ms away. */
    private static final int WINDOW_BYTES = 128 << 10;

    /** Room for the details of errors. */
    private static final int HEADER_BYTES_MAX = 64 << 10;

    /** The shortest that gRPC allows. A leader that is frozen is found out by the cluster before, as a rule. */
    private static final long KEEPALIVE_SECONDS = 10;

    private static final long KEEPALIVE_TIMEOUT_SECONDS = 5;

    /** A client that calls seldom needs no connection in between. */
    private static final long IDLE_SECONDS = 60;

    private static final long CLOSE_MILLIS_MAX = 1_000;

    private static final Duration BUSY_RETRY = Duration.ofMillis(100);

    private final String nodeId;
    private final Leadership leadership;
    private final ForwardedFigures figures;
    private final EventLoops loops;
    private final GrpcConfig config;
    private final InFlightBytes requestsInFlight;
    private final InFlightBytes answersInFlight;
    private final ThreadPoolExecutor lookups = lookups();
    private final AtomicInteger waiting = new AtomicInteger();

    /** Of clients that have made a call that was passed on. */
    private final Set<LeaderConnection> connections = ConcurrentHashMap.newKeySet();

    Forwarding(Broker broker, EventLoops loops, GrpcConfig config) {
        this.nodeId = broker.status().nodeId();
        this.leadership = broker.leadership();
        this.figures = broker.status().figures().forwarded();
        this.loops = loops;
        this.config = config;
        this.requestsInFlight = new InFlightBytes(config.inFlightBytesMax() / 2);
        this.answersInFlight = new InFlightBytes(config.inFlightBytesMax() / 2);
        leadership.onChange(
                () -> connections.forEach(connection -> connection.loop().execute(connection::leadershipChanged)));
    }

    /** Looks up the addresses of nodes that have names, which may take long; there is a thread only meanwhile. */
    private static ThreadPoolExecutor lookups() {
        ThreadPoolExecutor lookups =
                new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "mq-grpc-lookup");
                    thread.setDaemon(true);
                    return thread;
                });
        lookups.allowCoreThreadTimeOut(true);
        return lookups;
    }

    @Override
    public Attributes transportReady(Attributes transport) {
        return transport.toBuilder()
                .set(CONNECTION, new LeaderConnection(this, loops.near()))
                .build();
    }

    @Override
    public void transportTerminated(Attributes transport) {
        LeaderConnection connection = transport == null ? null : transport.get(CONNECTION);
        if (connection != null && connections.remove(connection)) {
            connection.run(connection::close);
        }
    }

    /** The method, as it is where another node serves it. */
    ServerMethodDefinition<InputStream, InputStream> of(ServerMethodDefinition<?, ?> method) {
        return ServerMethodDefinition.create(
                RawBytes.received(method.getMethodDescriptor()), (call, headers) -> start(method, call, headers));
    }

    private ServerCall.Listener<InputStream> start(
            ServerMethodDefinition<?, ?> method, ServerCall<InputStream, InputStream> caller, Metadata headers) {
        LeaderConnection connection = caller.getAttributes().get(CONNECTION);
        ForwardedCall call = new ForwardedCall(method, caller, headers, this, connection);
        String from = headers.get(FORWARDED_BY);
        if (from != null) {
            call.endNow(StatusMapping.toException(BrokerException.notLeading(
                    "this node does not lead, or not yet, and node '%s' took it for the leader; call again"
                            .formatted(from))));
            return call;
        }
        // Before the leader is looked up: who is in here is told of every change after that.
        connections.add(connection);
        connection.begin(call);
        return call;
    }

    ManagedChannel connect(String address, EventLoop loop) {
        return NettyChannelBuilder.forTarget("dns:///" + address)
                .usePlaintext()
                .proxyDetector(target -> null)
                .directExecutor()
                .offloadExecutor(lookups)
                .eventLoopGroup(loop)
                .channelFactory(loops.clients())
                .flowControlWindow(WINDOW_BYTES)
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .maxInboundMetadataSize(HEADER_BYTES_MAX)
                .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .idleTimeout(IDLE_SECONDS, TimeUnit.SECONDS)
                .disableRetry()
                .build();
    }

    String nodeId() {
        return nodeId;
    }

    Leadership leadership() {
        return leadership;
    }

    ForwardedFigures figures() {
        return figures;
    }

    /** What the leader was sent and has not taken yet, of all calls. */
    InFlightBytes requestsInFlight() {
        return requestsInFlight;
    }

    /** What callers were sent and have not taken yet. */
    InFlightBytes answersInFlight() {
        return answersInFlight;
    }

    /** Beyond this, a request is refused; calls read on while half of it is on its way. */
    long inFlightBytesMax() {
        return config.inFlightBytesMax();
    }

    int requestBytesMax() {
        return config.frameBytesMax();
    }

    /** @return whether one more call may wait, which then has to say when it does not any more */
    boolean tryWait() {
        if (waiting.incrementAndGet() <= WAITING_MAX) {
            return true;
        }
        waiting.decrementAndGet();
        return false;
    }

    void waitIsOver() {
        waiting.decrementAndGet();
    }

    StatusRuntimeException busy() {
        return StatusMapping.toException(BrokerException.of(
                        Reason.BROKER_BUSY,
                        "too many calls wait for the leader, or it takes too long to take what they carry; call again later")
                .retryAfter(BUSY_RETRY));
    }

    /** Refuses calls that wait, and has streams end once they are answered: the server stops. */
    void endAll() {
        StatusRuntimeException reason =
                StatusMapping.toException(BrokerException.shuttingDown("call another, or this one after its restart"));
        connections.forEach(connection -> connection.run(() -> connection.endAll(reason)));
    }

    /** Ends what has not ended. */
    @Override
    public void close() {
        connections.forEach(
                connection -> connection.loop().submit(connection::close).awaitUninterruptibly(CLOSE_MILLIS_MAX));
        connections.clear();
        lookups.shutdownNow();
    }
}
