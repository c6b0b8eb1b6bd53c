package io.mq.grpc;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.mq.core.broker.Broker;
import io.mq.core.broker.BrokerConfig;
import io.mq.core.broker.BrokerObserver;
import io.mq.core.broker.BrokerPlatform;
import io.mq.core.checkpoint.InMemoryCheckpointStore;
import io.mq.core.cluster.Leadership;
import io.mq.core.config.Configuration;
import io.mq.core.config.Settings;
import io.mq.core.file.NioDisk;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceBlockingStub;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceFutureStub;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceStub;
import io.mq.proto.PublishResponse;
import io.mq.proto.SubscribeRequest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A real gRPC server over a real broker on the real disk, for the length of a test, and clients of it. */
final class ServerFixture implements BeforeEachCallback, AfterEachCallback {

    /** Longer than anything takes on a busy machine: reaching it is a failure, never a pass. */
    static final int TIMEOUT_SECONDS = 30;

    /** Small files, so that a server starts at once; everything else is as by default. */
    private static final Map<String, String> SETTINGS = Map.of(
            Settings.ADDR.key(), "127.0.0.1:0",
            Settings.JOURNAL_FILE_BYTES.key(), "4MiB",
            Settings.MESSAGE_BYTES_MAX.key(), "1MiB",
            Settings.FREE_BYTES_MIN.key(), "0",
            Settings.SHUTDOWN_GRACE.key(), "2s");

    static {
        Awaitility.setDefaultTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        Awaitility.setDefaultPollInterval(10, TimeUnit.MILLISECONDS);
        Awaitility.setDefaultPollDelay(0, TimeUnit.MILLISECONDS);
    }

    private final Map<String, String> settings = new HashMap<>(SETTINGS);
    private final FaultyDisk disk = new FaultyDisk(new NioDisk());
    private final InMemoryCheckpointStore store = new InMemoryCheckpointStore();
    private final List<ManagedChannel> channels = new ArrayList<>();

    private Path directory;
    private Broker broker;
    private GrpcServer server;
    private Leadership leadership = Leadership.ALONE;
    private ManagedChannel channel;

    /** @param changed settings, each as {@code key=value} */
    static ServerFixture with(String... changed) {
        ServerFixture fixture = new ServerFixture();
        for (String setting : changed) {
            int equals = setting.indexOf('=');
            fixture.settings.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        return fixture;
    }

    /** Has it be a node of a cluster of whose leader it knows what it is told. */
    ServerFixture ledBy(Leadership newLeadership) {
        leadership = newLeadership;
        return this;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        directory = Files.createTempDirectory(Path.of("target"), "broker-").toAbsolutePath();
        settings.put(Settings.DATA_DIR.key(), directory.toString());
        start();
    }

    /** Starts a broker and its server over the data that is there. */
    void start() {
        Configuration configuration = configuration();
        BrokerPlatform real = BrokerPlatform.real(BrokerObserver.NONE);
        BrokerPlatform platform = new BrokerPlatform(
                disk, real.clock(), real.nanoClock(), real.random(), real.newNodeId(), real.observer(), leadership);
        broker = Broker.open(BrokerConfig.from(configuration), platform, ignored -> store);
        server = GrpcServer.start(GrpcConfig.from(configuration), broker);
        channel = newChannel();
    }

    private Configuration configuration() {
        return Configuration.read(settings.keySet(), key -> Optional.ofNullable(settings.get(key)));
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        disk.releaseForces();
        stop();
        disk.deleteTree(directory);
    }

    /** Closes clients, server and broker in good order. */
    void stop() throws IOException {
        channels.forEach(ManagedChannel::shutdownNow);
        channels.clear();
        server.close();
        broker.close();
    }

    Broker broker() {
        return broker;
    }

    GrpcServer server() {
        return server;
    }

    InMemoryCheckpointStore store() {
        return store;
    }

    FaultyDisk disk() {
        return disk;
    }

    Path directory() {
        return directory;
    }

    GrpcConfig config() {
        return GrpcConfig.from(configuration());
    }

    InetSocketAddress address() {
        return server.addresses().get(0);
    }

    /** The channel that all clients below share. */
    ManagedChannel channel() {
        return channel;
    }

    /** A connection of its own. */
    ManagedChannel newChannel() {
        return newChannel(address(), builder -> {});
    }

    ManagedChannel newChannel(Consumer<NettyChannelBuilder> options) {
        return newChannel(address(), options);
    }

    /** A connection to where something stands in front of the server. */
    ManagedChannel newChannel(InetSocketAddress address, Consumer<NettyChannelBuilder> options) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(address)
                .usePlaintext()
                .maxInboundMessageSize(64 << 20)
                .directExecutor();
        options.accept(builder);
        ManagedChannel created = builder.build();
        channels.add(created);
        return created;
    }

    MessageQueueServiceBlockingStub queue() {
        return queue(channel);
    }

    static MessageQueueServiceBlockingStub queue(ManagedChannel channel) {
        return MessageQueueServiceGrpc.newBlockingStub(channel).withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    MessageQueueServiceFutureStub futures() {
        return MessageQueueServiceGrpc.newFutureStub(channel).withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    MessageQueueServiceStub calls() {
        return MessageQueueServiceGrpc.newStub(channel);
    }

    /** A subscriber that takes all it is sent. */
    Tail subscribe(SubscribeRequest request) {
        return Tail.reading(calls(), request);
    }

    void createTopic(String name, int partitions) {
        queue().createTopic(Requests.topic(name, partitions).build());
    }

    PublishResponse publish(String topic, String payload) {
        return queue().publish(Requests.message(topic, payload).build());
    }

    /** Publishes so many messages of such a size, without waiting for one before sending the next. */
    void fill(String topic, int messages, int bytesEach) throws Exception {
        var request = Requests.message(topic, new byte[bytesEach]).build();
        List<Future<PublishResponse>> answers = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
            answers.add(futures().publish(request));
        }
        for (var answer : answers) {
            answer.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        }
    }
}
