package io.mq.ejb.cluster;

import io.mq.core.config.ClusterSeeds;
import io.mq.core.config.SocketAddresses.HostAndPort;
import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.jgroups.JChannel;
import org.jgroups.conf.ProtocolConfiguration;
import org.jgroups.conf.XmlConfigurator;
import org.jgroups.protocols.TCP;
import org.jgroups.util.TLSClientAuth;

/**
 * The stack of protocols between the nodes of a cluster: {@code server-config/jgroups} or the one that is set, filled in
 * for one node.
 */
final class ChannelStack {

    private static final String RESOURCE = "mq-tcp.xml";

    private ChannelStack() {}

    /**
     * A channel that is not connected yet.
     *
     * @throws StartupException where a stack is set that cannot be used
     */
    static JChannel channel(ClusterConfig config) throws IOException {
        JChannel channel = of(config);
        if (config.certificates().isPresent()) {
            encrypt(channel, config.certificates().get());
        }
        return channel;
    }

    private static JChannel of(ClusterConfig config) throws IOException {
        try {
            return new JChannel(stack(config));
        } catch (StartupException e) {
            throw e;
        } catch (Exception e) {
            if (config.stack().isPresent()) {
                throw bad(
                        config.stack().get(),
                        "is no stack that JGroups takes (%s); begin with server-config/jgroups/mq-tcp.xml"
                                .formatted(e.getMessage()),
                        e);
            }
            throw new IOException(e.getMessage(), e);
        }
    }

    private static XmlConfigurator stack(ClusterConfig config) throws Exception {
        String filledIn = filledIn(text(config), config);
        XmlConfigurator stack =
                XmlConfigurator.getInstance(new ByteArrayInputStream(filledIn.getBytes(StandardCharsets.UTF_8)));
        config.seeds()
                .name()
                .ifPresent(name -> stack.getProtocolStack()
                        .replaceAll(
                                protocol -> protocol.getProtocolName().equals("TCPPING") ? dnsPing(name) : protocol));
        return stack;
    }

    private static ProtocolConfiguration dnsPing(HostAndPort name) {
        return new ProtocolConfiguration(
                "dns.DNS_PING", Map.of("dns_query", name.host(), "dns_record_type", "A", "async_discovery", "true"));
    }

    private static String text(ClusterConfig config) throws IOException {
        if (config.stack().isEmpty()) {
            try (InputStream resource = ChannelStack.class.getResourceAsStream(RESOURCE)) {
                return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
        Path path = config.stack().get();
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw bad(
                    path,
                    "cannot be read (%s); give a file in UTF-8 that is there and that the user who runs the node may read"
                            .formatted(e.getClass().getSimpleName()),
                    e);
        }
    }

    private static StartupException bad(Path path, String complaint, Exception cause) {
        return new StartupException(
                StartupFailure.BAD_CONFIGURATION, "mq.cluster.stack=%s %s".formatted(path, complaint), cause);
    }

    /** Not by system properties, which are one node's alone where several share a process. */
    private static String filledIn(String stack, ClusterConfig config) {
        return stack.replace("${mq.cluster.host}", config.address().host())
                .replace("${mq.cluster.port}", Integer.toString(config.address().port()))
                .replace("${mq.cluster.seeds}", shown(config.seeds()));
    }

    private static String shown(ClusterSeeds seeds) {
        return seeds.name()
                .map(HostAndPort::host)
                .orElseGet(() -> seeds.addresses().stream()
                        .map(seed -> "%s[%d]".formatted(seed.host(), seed.port()))
                        .collect(Collectors.joining(",")));
    }

    /** Not in the stack's text, since secrets are not to be where texts are shown. */
    private static void encrypt(JChannel channel, NodeCertificates certificates) throws IOException {
        TCP transport = channel.getProtocolStack().findProtocol(TCP.class);
        if (transport == null) {
            throw new StartupException(
                    StartupFailure.BAD_CONFIGURATION,
                    "mq.cluster.tls.keystore is given, but the stack in mq.cluster.stack has no TCP, which alone carries TLS; use TCP as its transport");
        }
        transport
                .tls()
                .enabled(true)
                .setSSLContext(certificates.context())
                .setProtocols(new String[] {"TLSv1.3"})
                .setClientAuth(TLSClientAuth.NEED);
    }
}
