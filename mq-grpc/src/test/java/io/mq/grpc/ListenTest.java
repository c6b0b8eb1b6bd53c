package io.mq.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import io.mq.core.config.Configuration;
import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where a server listens, and what it says where it cannot. */
class ListenTest {

    @RegisterExtension
    final ServerFixture server = ServerFixture.with();

    private static GrpcConfig at(GrpcConfig config, List<InetSocketAddress> addresses, int callsMax) {
        return new GrpcConfig(
                addresses,
                config.messageBytesMax(),
                config.inFlightBytesMax(),
                config.connectionsMax(),
                callsMax,
                config.resetsPerConnectionMax(),
                config.keepaliveTime(),
                config.keepaliveTimeout(),
                config.shutdownGrace(),
                config.heartbeatInterval(),
                config.releaseTimeout());
    }

    private GrpcConfig at(InetSocketAddress... addresses) {
        return at(server.config(), List.of(addresses), server.config().callsPerConnectionMax());
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(address(127, 0, 0, 1), port);
    }

    private static InetSocketAddress loopbackIpv6(int port) {
        return new InetSocketAddress(address(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), port);
    }

    private static InetAddress address(int... bytes) {
        byte[] address = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            address[i] = (byte) bytes[i];
        }
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isFree(InetSocketAddress address) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static InetSocketAddress freeAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, address(127, 0, 0, 1))) {
            return loopback(socket.getLocalPort());
        }
    }

    private static Configuration configuration(Map<String, String> settings) {
        return Configuration.read(settings.keySet(), key -> Optional.ofNullable(settings.get(key)));
    }

    @Test
    void addressThatIsInUseIsNamedWithTheReasonAndTheNextStep() {
        int port = server.address().getPort();

        assertThatThrownBy(() -> GrpcServer.start(at(loopback(port)), server.broker()))
                .isInstanceOfSatisfying(
                        StartupException.class,
                        e -> assertThat(e.failure()).isEqualTo(StartupFailure.ADDRESS_UNAVAILABLE))
                .hasMessageContaining("127.0.0.1:" + port)
                .hasMessageContaining("already in use")
                .hasMessageContaining("--addr");
    }

    @Test
    void hostThatNobodyKnowsIsNamed() {
        InetSocketAddress unknown = InetSocketAddress.createUnresolved("no-such-host.invalid", 50051);

        assertThatThrownBy(() -> GrpcServer.start(at(unknown), server.broker()))
                .isInstanceOfSatisfying(
                        StartupException.class,
                        e -> assertThat(e.failure()).isEqualTo(StartupFailure.ADDRESS_UNAVAILABLE))
                .hasMessageContaining("no-such-host.invalid")
                .hasMessageNotContaining("null");
    }

    @Test
    void addressThatWasTakenIsGivenBackWhenAnotherIsInUse() throws IOException {
        InetSocketAddress free = freeAddress();

        assertThatThrownBy(() -> GrpcServer.start(at(free, server.address()), server.broker()))
                .isInstanceOf(StartupException.class);

        assertThat(isFree(free)).isTrue();
    }

    @Test
    void failedStartLeavesNoThreadBehind() {
        List<Thread> before = threads();

        assertThatThrownBy(() -> GrpcServer.start(at(server.address()), server.broker()))
                .isInstanceOf(StartupException.class);

        // A thread that has ended its last task may take a moment to be gone.
        await().untilAsserted(() -> assertThat(threads()).isSubsetOf(before));
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("mq-grpc"))
                .toList();
    }

    @Test
    void failedStartLeavesNoFileOpenWhateverItFailedFor() {
        Assumptions.assumeTrue(
                ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean,
                "only Unix tells how many files are open");
        GrpcConfig refused = at(server.config(), List.of(loopback(0)), 0);
        assertThatThrownBy(() -> GrpcServer.start(refused, server.broker()))
                .isInstanceOf(IllegalArgumentException.class);
        long before = openFiles();

        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> GrpcServer.start(refused, server.broker()))
                    .isInstanceOf(IllegalArgumentException.class);
        }

        assertThat(openFiles()).isLessThan(before + 20);
    }

    private static long openFiles() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
    }

    @Test
    void serverListensOnEveryAddressAndTellsIpv6First() throws IOException {
        Assumptions.assumeTrue(hasLoopbackIpv6(), "this host has no IPv6");

        try (GrpcServer both = GrpcServer.start(at(loopback(0), loopbackIpv6(0)), server.broker())) {
            assertThat(both.addresses())
                    .extracting(address -> address.getAddress().getHostAddress())
                    .containsExactly("0:0:0:0:0:0:0:1", "127.0.0.1");
            for (InetSocketAddress address : both.addresses()) {
                assertThat(ServerFixture.queue(server.newChannel(address, builder -> {}))
                                .listTopics(io.mq.proto.ListTopicsRequest.getDefaultInstance())
                                .getTopicsCount())
                        .isZero();
            }
        }
    }

    private static boolean hasLoopbackIpv6() throws IOException {
        return NetworkInterface.getByInetAddress(loopbackIpv6(0).getAddress()) != null;
    }

    @Test
    void givenAddressIsTheOnlyOne() {
        assertThat(ListenAddresses.of(configuration(Map.of("mq.addr", "127.0.0.1:7000"))))
                .containsExactly(loopback(7000));
        assertThat(ListenAddresses.of(configuration(Map.of("mq.addr", "[::1]:50051"))))
                .containsExactly(loopbackIpv6(50051));
        assertThat(ListenAddresses.of(configuration(Map.of("mq.addr", ":7000"))))
                .containsExactly(new InetSocketAddress(7000));
    }

    @Test
    void withoutAGivenAddressBothLoopbacksAreTakenAsFarAsTheHostHasThem() throws IOException {
        List<InetSocketAddress> addresses = ListenAddresses.of(configuration(Map.of()));

        assertThat(addresses)
                .isEqualTo(
                        hasLoopbackIpv6() ? List.of(loopbackIpv6(50051), loopback(50051)) : List.of(loopback(50051)));
    }
}
