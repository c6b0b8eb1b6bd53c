package io.mq.ejb.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mq.core.config.SocketAddresses.HostAndPort;
import io.mq.core.error.StartupException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.Receiver;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.dns.DNSResolver;
import org.jgroups.protocols.dns.DNS_PING;
import org.jgroups.stack.IpAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the shipped stack is to do beyond what JGroups does by default. */
class ChannelStackTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private static JChannel connect(HostAndPort address, List<HostAndPort> seeds) throws Exception {
        return ChannelStack.channel(ClusterConfigs.plain("n", address, seeds)).connect("mq");
    }

    /** Without that, the memory of a sender holds half a second of all that it sends. */
    @Test
    void whatIsSentIsAcknowledgedAtOnce() throws Exception {
        HostAndPort first = new HostAndPort("127.0.0.1", LoopbackPorts.free());
        HostAndPort second = new HostAndPort("127.0.0.1", LoopbackPorts.free());
        AtomicInteger received = new AtomicInteger();
        try (JChannel receiver = connect(first, List.of(first, second));
                JChannel sender = connect(second, List.of(first, second))) {
            receiver.setReceiver(new Receiver() {
                @Override
                public void receive(Message message) {
                    received.incrementAndGet();
                }
            });
            Address to = receiver.getAddress();
            await().atMost(SOON).until(() -> sender.getView().containsMember(to));
            UNICAST3 unicast = sender.getProtocolStack().findProtocol(UNICAST3.class);
            int unacknowledgedMax = 0;
            for (int i = 0; i < 1000; i++) {
                sender.send(new BytesMessage(to, new byte[50_000]));
                unacknowledgedMax = Math.max(unacknowledgedMax, unicast.getNumUnackedMessages());
            }
            await().atMost(SOON).until(() -> received.get() == 1000);
            // What flow control lets go at once is about 80.
            assertThat(unacknowledgedMax).isLessThan(250);
        }
    }

    /** @param hosts what the DNS is made to answer */
    private static JChannel connectByName(HostAndPort address, List<String> hosts) throws Exception {
        JChannel channel = ChannelStack.channel(ClusterConfigs.named("n", address, "mq.example", 2));
        DNS_PING discovery = channel.getProtocolStack().findProtocol(DNS_PING.class);
        assertThat(discovery.getDNSQuery()).isEqualTo("mq.example");
        DNSResolver asBefore = discovery.dnsResolver();
        discovery.setDNSResolver(new DNSResolver() {
            @Override
            public List<Address> resolveIps(String query, DNSRecordType type) {
                return hosts.stream().map(ChannelStackTest::address).toList();
            }

            @Override
            public void close() {
                asBefore.close();
            }
        });
        return channel.connect("mq");
    }

    private static Address address(String host) {
        try {
            return new IpAddress(host, 0);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void nodesOfANameFindEachOther() throws Exception {
        int port = LoopbackPorts.free();
        List<String> hosts = List.of("127.0.0.1", "127.0.0.2");
        try (JChannel first = connectByName(new HostAndPort(hosts.get(0), port), hosts);
                JChannel second = connectByName(new HostAndPort(hosts.get(1), port), hosts)) {
            await().atMost(SOON).until(() -> first.getView().size() == 2);
            await().atMost(SOON).until(() -> second.getView().equals(first.getView()));
        }
    }

    private static ClusterConfig withStack(Path stack, Optional<NodeCertificates> certificates) throws IOException {
        HostAndPort address = new HostAndPort("127.0.0.1", LoopbackPorts.free());
        ClusterConfig plain = ClusterConfigs.encrypted("n", address, List.of(address), certificates);
        return new ClusterConfig(
                plain.nodeId(),
                plain.address(),
                plain.seeds(),
                plain.size(),
                plain.shards(),
                plain.replicationFactor(),
                Optional.of(stack),
                plain.electionTimeout(),
                plain.snapshotBytesPerSecond(),
                plain.grpc(),
                plain.http(),
                plain.certificates());
    }

    @Test
    void stackThatIsSetIsFilledInAndUsed(@TempDir Path directory) throws Exception {
        String shipped = Files.readString(Path.of("../server-config/jgroups/mq-tcp.xml"));
        Path changed =
                Files.writeString(directory.resolve("stack.xml"), shipped.replace("timeout=\"4s\"", "timeout=\"9s\""));
        ClusterConfig config = withStack(changed, Optional.empty());
        try (JChannel channel = ChannelStack.channel(config).connect("mq")) {
            FD_ALL3 silence = channel.getProtocolStack().findProtocol(FD_ALL3.class);
            assertThat(silence.getTimeout()).isEqualTo(9000);
            assertThat(channel.getProtocolStack().getTransport().getBindPort())
                    .isEqualTo(config.address().port());
        }
    }

    @Test
    void stackThatCannotBeUsedIsRefused(@TempDir Path directory) throws Exception {
        Path missing = directory.resolve("missing.xml");
        assertThatThrownBy(() -> ChannelStack.channel(withStack(missing, Optional.empty())))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("mq.cluster.stack=" + missing + " cannot be read (NoSuchFileException)");
        Path text = Files.writeString(directory.resolve("text.xml"), "no stack");
        assertThatThrownBy(() -> ChannelStack.channel(withStack(text, Optional.empty())))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("mq.cluster.stack=" + text + " is no stack that JGroups takes");
        Path unknown = Files.writeString(
                directory.resolve("unknown.xml"),
                "<config xmlns=\"urn:org:jgroups\"><TCP/><NO_SUCH_PROTOCOL/></config>");
        assertThatThrownBy(() -> ChannelStack.channel(withStack(unknown, Optional.empty())))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("NO_SUCH_PROTOCOL");
    }

    @Test
    void stackWithoutTlsIsRefusedWhereTlsIsSet(@TempDir Path directory) throws Exception {
        Path udp = Files.writeString(directory.resolve("udp.xml"), "<config xmlns=\"urn:org:jgroups\"><UDP/></config>");
        Optional<NodeCertificates> certificates =
                TestAuthority.create(directory.resolve("authority")).certificates();
        assertThatThrownBy(() -> ChannelStack.channel(withStack(udp, certificates)))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("has no TCP");
    }
}
