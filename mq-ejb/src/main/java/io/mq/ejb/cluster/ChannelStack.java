package io.mq.ejb.cluster;

import io.mq.core.config.SocketAddresses.HostAndPort;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/** The stack of protocols between the nodes of a cluster: {@code server-config/jgroups}, filled in for one node. */
final class ChannelStack {

    private static final String RESOURCE = "mq-tcp.xml";

    private ChannelStack() {}

    static InputStream of(ClusterConfig config) throws IOException {
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
        return new ByteArrayInputStream(stack.getBytes(StandardCharsets.UTF_8));
    }

    private static String shown(HostAndPort seed) {
        return "%s[%d]".formatted(seed.host(), seed.port());
    }
}
