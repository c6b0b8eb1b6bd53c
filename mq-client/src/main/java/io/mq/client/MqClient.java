package io.mq.client;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * A connection to mq, and what works over it: producers, consumers, administration. Make one and keep it; it connects when
 * it is first used and again whenever the connection is lost.
 *
 * <p><b>Threads.</b> Safe for use by any thread. One loop serves the connection and all timers; a few threads, made when
 * needed, run callbacks and listeners. Neither grows with topics, producers or consumers, apart from consumers with a
 * listener that takes its time.
 */
public final class MqClient implements AutoCloseable {

    /** A server that is silent for longer is passed over, so that others have their turn within the default deadline. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

    /** How long the connection may take to end in order. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final ManagedChannel channel;
    private final Channels channels;
    private final ClientLoop loop;
    private final ExecutorService ownCallbacks;
    private final Connection connection;

    /** What is to be closed before the connection, in any order. */
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    private MqClient(Builder builder) {
        loop = ClientLoop.start();
        ownCallbacks = builder.callbackExecutor == null ? callbackThreads() : null;
        AddressOrder order = new AddressOrder();
        channel = channel(builder.target, builder, loop, order);
        CallOptions options = builder.callCredentials == null
                ? CallOptions.DEFAULT
                : CallOptions.DEFAULT.withCallCredentials(builder.callCredentials);
        RandomGenerator random = RandomGenerator.of("SecureRandom");
        channels = new Channels(address -> channel(target(List.of(address)), builder, loop, order));
        Routes routes = new Routes(channel, channels, loop);
        connection = new Connection(
                channel,
                routes,
                routes.first(),
                new LeaderWatch(channel, options.withExecutor(loop), loop, Connection.backoff(random), order, routes),
                options,
                loop,
                builder.callbackExecutor == null ? ownCallbacks : builder.callbackExecutor,
                builder.deadline,
                random);
    }

    private static ExecutorService callbackThreads() {
        int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "mq-client-callbacks");
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    private static String target(List<String> addresses) {
        return AddressListResolverProvider.target(
                addresses.stream().map(ServerAddress::parse).toList());
    }

    private static ManagedChannel channel(String target, Builder builder, ClientLoop loop, AddressOrder order) {
        return NettyChannelBuilder.forTarget(target, builder.channelCredentials)
                .setNameResolverArg(AddressOrder.KEY, order)
                .eventLoopGroup(loop.group())
                .channelType(loop.socketType())
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis())
                .directExecutor()
                .keepAliveTime(builder.keepAliveTime.toNanos(), TimeUnit.NANOSECONDS)
                .keepAliveTimeout(builder.keepAliveTimeout.toNanos(), TimeUnit.NANOSECONDS)
                .maxInboundMessageSize(builder.frameBytesMax)
                .initialFlowControlWindow(builder.flowControlBytes)
                .build();
    }

    /**
     * A client of the servers at these addresses, each {@code host:port}, tried in this order.
     *
     * @throws IllegalArgumentException where there is none, or one is something else
     */
    public static Builder forAddresses(List<String> addresses) {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("no addresses");
        }
        return forTarget(target(addresses));
    }

    /** A client of the server at {@code host:port}. */
    public static Builder forAddress(String host, int port) {
        return forAddresses(List.of(new ServerAddress(host, port).toString()));
    }

    /** A client of what this target of gRPC stands for, such as {@code dns:///mq.example.com:50051}. */
    public static Builder forTarget(String target) {
        return new Builder(target);
    }

    /**
     * Opens a producer. Waits until the server has said how many partitions the topic has.
     *
     * @throws MqException where there is no such topic, or no server within the deadline
     */
    public Producer producer(ProducerConfig config) {
        requireOpen();
        Producer[] self = new Producer[1];
        self[0] = Producer.open(config, connection, () -> open.remove(self[0]));
        open.add(self[0]);
        return self[0];
    }

    /** Opens a producer with the defaults. */
    public Producer producer(String topic) {
        return producer(ProducerConfig.of(topic));
    }

    /**
     * Opens a consumer. Waits until the server has let it in.
     *
     * @throws MqException where there is no such topic, or no server within the deadline
     */
    public Consumer consumer(ConsumerConfig config) {
        requireOpen();
        Consumer[] self = new Consumer[1];
        self[0] = Consumer.open(config, connection, () -> open.remove(self[0]));
        open.add(self[0]);
        return self[0];
    }

    /** Topics and consumer groups. */
    public Admin admin() {
        return new Admin(connection);
    }

    private void requireOpen() {
        if (closed) {
            throw Errors.closed("the client");
        }
    }

    /** Closes producers and consumers, each in its own order, then the connection. May be called twice. */
    @Override
    public void close() {
        closed = true;
        for (AutoCloseable one : List.copyOf(open)) {
            closeQuietly(one);
        }
        loop.execute(connection::close);
        channels.all().forEach(MqClient::close);
        close(channel);
        loop.stop();
        if (ownCallbacks != null) {
            ownCallbacks.shutdown();
        }
    }

    /** May be called again. */
    private static void close(ManagedChannel channel) {
        channel.shutdown();
        try {
            if (!channel.awaitTermination(CLOSE_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS)) {
                channel.shutdownNow().awaitTermination(CLOSE_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            channel.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private static void closeQuietly(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception e) {
            throw new IllegalStateException("a producer's or consumer's close declares no checked exception", e);
        }
    }

    /** Not thread-safe. */
    public static final class Builder {

        private final String target;
        private Duration deadline = Duration.ofSeconds(10);
        private ChannelCredentials channelCredentials = InsecureChannelCredentials.create();
        private CallCredentials callCredentials;
        private Duration keepAliveTime = Duration.ofSeconds(30);
        private Duration keepAliveTimeout = Duration.ofSeconds(10);
        private Executor callbackExecutor;
        private int frameBytesMax = 64 << 20;
        private int flowControlBytes = 4 << 20;

        private Builder(String target) {
            this.target = Objects.requireNonNull(target, "target");
        }

        /** How long a call may take, and a stream until its first answer. Default: 10 s. */
        public Builder deadline(Duration atMost) {
            deadline = atMost;
            return this;
        }

        /** Such as {@link io.grpc.TlsChannelCredentials}. Default: no encryption. */
        public Builder channelCredentials(ChannelCredentials credentials) {
            channelCredentials = Objects.requireNonNull(credentials, "credentials");
            return this;
        }

        /** Who calls: put into every call. Default: nobody in particular. */
        public Builder callCredentials(CallCredentials credentials) {
            callCredentials = credentials;
            return this;
        }

        /**
         * How long a connection with open streams may be silent before the server is asked whether it is there, and how
         * long its answer may take. Default: 30 s and 10 s. The server refuses to be asked more than once a second.
         */
        public Builder keepAlive(Duration time, Duration timeout) {
            keepAliveTime = time;
            keepAliveTimeout = timeout;
            return this;
        }

        /**
         * Where callbacks and listeners run and futures complete. Default: a few threads of the client's own. With {@code
         * Runnable::run} they run on the client's loop, which saves a change of threads and must then never be blocked.
         */
        public Builder callbackExecutor(Executor executor) {
            callbackExecutor = executor;
            return this;
        }

        /** The largest answer that is taken. Default: 64 MiB. */
        public Builder frameBytesMax(int bytes) {
            frameBytesMax = bytes;
            return this;
        }

        /** What the server may have on its way to this client at first; it then adapts. Default: 4 MiB. */
        public Builder flowControlBytes(int bytes) {
            flowControlBytes = bytes;
            return this;
        }

        /** Connects nowhere yet. */
        public MqClient build() {
            return new MqClient(this);
        }
    }
}
