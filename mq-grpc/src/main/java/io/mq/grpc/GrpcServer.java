package io.mq.grpc;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ChannelzService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.mq.core.broker.Broker;
import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import io.netty.util.NetUtil;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** The listening gRPC server of a node: transport, limits and services. */
public final class GrpcServer implements Closeable {

    private static final Logger LOG = System.getLogger(GrpcServer.class.getName());

    /** A client may ask whether the server is there as often as this; gRPC closes connections that ask more often. */
    private static final Duration CLIENT_KEEPALIVE_MIN = Duration.ofSeconds(1);

    /** What is cancelled or has only to be told ends within this, unless something hangs. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);

    /** Channelz answers lists in pages of this size. */
    private static final int CHANNELZ_PAGE = 100;

    private final Broker broker;
    private final Server server;
    private final EventLoops loops;
    private final ScheduledExecutorService queries;
    private final HealthReporter health;
    private final BatchCalls batches;
    private final AdminService admin;
    private final Forwarding forwarding;
    private final Duration shutdownGrace;

    private GrpcServer(
            Broker broker,
            Server server,
            EventLoops loops,
            ScheduledExecutorService queries,
            HealthReporter health,
            BatchCalls batches,
            AdminService admin,
            Forwarding forwarding,
            Duration shutdownGrace) {
        this.broker = broker;
        this.server = server;
        this.loops = loops;
        this.queries = queries;
        this.health = health;
        this.batches = batches;
        this.admin = admin;
        this.forwarding = forwarding;
        this.shutdownGrace = shutdownGrace;
    }

    /** @throws StartupException where an address cannot be listened on */
    public static GrpcServer start(GrpcConfig config, Broker broker) {
        EventLoops loops = EventLoops.start();
        ScheduledExecutorService queries = queries();
        HealthReporter health = new HealthReporter(broker);
        Answers answers = new Answers(loops, queries, broker::caughtUp);
        BatchCalls batches = new BatchCalls(
                broker,
                answers,
                loops,
                config.inFlightBytesMax() / 2,
                new ConsumeConfig(config.heartbeatInterval(), config.releaseTimeout(), queries));
        AdminService admin = new AdminService(
                broker, InstantSource.system(), loops, answers, new LeaderWatches(broker, loops, queries));
        InboundBudget inbound = new InboundBudget(config.inFlightBytesMax(), loops);
        Forwarding forwarding = new Forwarding(broker, loops, config);
        broker.leadership().onChange(batches::endAllUnlessLeading);
        try {
            ServerServiceDefinition queue = batches.in(new MessageQueueService(broker, answers, loops).bindService());
            Server server = builder(config, loops)
                    .addServices(localServices(admin, health))
                    .fallbackHandlerRegistry(new Routing(broker, queue, forwarding))
                    .addTransportFilter(forwarding)
                    .intercept(new ClientAddress())
                    .intercept(inbound)
                    .addStreamTracerFactory(inbound)
                    .build()
                    .start();
            health.startOn(queries);
            return new GrpcServer(
                    broker, server, loops, queries, health, batches, admin, forwarding, config.shutdownGrace());
        } catch (IOException e) {
            stop(queries, loops);
            throw new StartupException(
                    StartupFailure.ADDRESS_UNAVAILABLE,
                    "cannot listen for gRPC on %s: %s; stop what listens there or choose another --addr"
                            .formatted(shown(config.addresses()), rootMessage(e)),
                    e);
        } catch (RuntimeException | Error e) {
            stop(queries, loops);
            throw e;
        }
    }

    private static ScheduledExecutorService queries() {
        ScheduledThreadPoolExecutor queries = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "mq-grpc-queries");
            thread.setDaemon(true);
            return thread;
        });
        // Or a consumer that is gone would stay in memory until its next heartbeat was due.
        queries.setRemoveOnCancelPolicy(true);
        return queries;
    }

    private static NettyServerBuilder builder(GrpcConfig config, EventLoops loops) {
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(config.addresses().get(0));
        config.addresses().stream().skip(1).forEach(builder::addListenAddress);
        return builder.bossEventLoopGroup(loops.acceptor())
                .workerEventLoopGroup(loops.workers())
                .channelFactory(new ConnectionLimit(config.connectionsMax()).applyTo(loops.channels()))
                .directExecutor()
                .maxInboundMessageSize(config.frameBytesMax())
                .maxConcurrentCallsPerConnection(config.callsPerConnectionMax())
                .maxRstFramesPerWindow(
                        config.resetsPerConnectionMax(), Math.toIntExact(GrpcConfig.RESET_WINDOW.toSeconds()))
                .keepAliveTime(config.keepaliveTime().toNanos(), TimeUnit.NANOSECONDS)
                .keepAliveTimeout(config.keepaliveTimeout().toNanos(), TimeUnit.NANOSECONDS)
                .permitKeepAliveTime(CLIENT_KEEPALIVE_MIN.toNanos(), TimeUnit.NANOSECONDS)
                .permitKeepAliveWithoutCalls(true);
    }

    /** What each node answers for itself. */
    @SuppressWarnings("deprecation") // Clients of the older reflection protocol are still about.
    private static List<ServerServiceDefinition> localServices(AdminService admin, HealthReporter health) {
        return List.of(
                admin.bindService(),
                health.service().bindService(),
                ProtoReflectionServiceV1.newInstance().bindService(),
                io.grpc.protobuf.services.ProtoReflectionService.newInstance().bindService(),
                ChannelzService.newInstance(CHANNELZ_PAGE).bindService());
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root instanceof UnresolvedAddressException ? "nobody knows this host" : root.getMessage();
    }

    private static String shown(List<InetSocketAddress> addresses) {
        return addresses.stream().map(NetUtil::toSocketAddressString).collect(Collectors.joining(" and "));
    }

    /** Where the server listens, IPv6 first, with the ports that were taken where 0 was asked for. */
    public List<InetSocketAddress> addresses() {
        return server.getListenSockets().stream()
                .map(InetSocketAddress.class::cast)
                .sorted(Comparator.comparing(address -> address.getAddress() instanceof Inet4Address))
                .toList();
    }

    /** Takes no more calls, ends subscriptions, lets other calls finish for the configured time, and stops. */
    @Override
    public void close() {
        health.stop();
        server.shutdown();
        broker.drain();
        batches.endAll();
        admin.endAll();
        forwarding.endAll();
        try {
            if (!server.awaitTermination(shutdownGrace.toNanos(), TimeUnit.NANOSECONDS)) {
                server.shutdownNow().awaitTermination(STOP_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
            }
            // The client of a subscription may be gone before it: its end still writes to where the connection was.
            broker.drained().get(STOP_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(Level.WARNING, "Some subscriptions have not ended in time", e);
        }
        forwarding.close();
        stop(queries, loops);
    }

    private static void stop(ExecutorService queries, EventLoops loops) {
        queries.shutdown();
        try {
            if (!queries.awaitTermination(STOP_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.log(Level.WARNING, "A query is still running after {0}", STOP_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        loops.stop();
    }
}
