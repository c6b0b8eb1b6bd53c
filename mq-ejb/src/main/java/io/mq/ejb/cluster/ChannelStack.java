package io.mq.ejb.cluster;

import io.mq.core.config.SocketAddresses.HostAndPort;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import org.jgroups.JChannel;
import org.jgroups.protocols.TCP;
import org.jgroups.util.TLSClientAuth;

/** The stack of protocols between the nodes of a cluster: {@code server-config/jgroups}, filled in for one node. */
final class ChannelStack {

    private static final String RESOURCE = "mq-tcp.xml";

    private ChannelStack() {}

    /** A channel that is not connected yet. */
    static JChannel channel(ClusterConfig config) throws IOException {
        try {
            JChannel channel =
                    new JChannel(new ByteArrayInputStream(filledIn(config).getBytes(StandardCharsets.UTF_8)));
            if (config.certificates().isPresent()) {
                encrypt(channel, config.certificates().get());
            }
            return channel;
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Not in the stack's text, since secrets are not to be where texts are shown. */
    private static void encrypt(JChannel channel, NodeCertificates certificates) throws IOException {
        TCP transport = channel.getProtocolStack().findProtocol(TCP.class);
        transport
                .tls()
                .enabled(true)
                .setSSLContext(certificates.context())
                .setProtocols(new String[] {"TLSv1.3"})
                .setClientAuth(TLSClientAuth.NEED);
    }

    private static String filledIn(ClusterConfig config) throws IOException {
        String stack;
        try (InputStream resource = ChannelStack.class.getResourceAsStream(RESOURCE)) {
            stack = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        }
        // Not as system properties, which are one node's alone where several share a process.
        Map<String, String> values = Map.of(
                "mq.cluster.host", config.address().host(),
                "mq.cluster.port", Integer.toString(config.address().port()),
                "mq.cluster.seeds",
                        config.seeds().stream().map(ChannelStack::shown).collect(Collectors.joining(",")));
        for (Map.Entry<String, String> value : values.entrySet()) {
            stack = stack.replace("${" + value.getKey() + "}", value.getValue());
        }
        return stack;
    }

    private static String shown(HostAndPort seed) {
        return "%s[%d]".formatted(seed.host(), seed.port());
    }
}
