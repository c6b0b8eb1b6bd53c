package io.mq.core.config;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code host:port}, with brackets around an IPv6 host. */
public final class SocketAddresses {

    private static final Pattern ADDRESS = Pattern.compile("(?:\\[([0-9a-fA-F:.%]+)]|([^:\\[\\]\\s]*)):(\\d{1,5})");
    private static final int PORT_MAX = 65_535;

    private SocketAddresses() {}

    /** @param host a name or an address without brackets; empty for all interfaces */
    public record HostAndPort(String host, int port) {

        /** Looks a name up; one that nobody knows gives an unresolved address. */
        public InetSocketAddress toSocketAddress() {
            return host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
        }

        /**
         * Listens there for a moment.
         *
         * @throws IOException where that is not possible
         */
        public void requireFree() throws IOException {
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(true);
                socket.bind(toSocketAddress());
            }
        }

        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /** Whether a host is an IP address; else it is a name. */
    public static boolean isAddress(String host) {
        return host.contains(":") || host.matches("[0-9.]+");
    }

    /** @throws IllegalArgumentException saying what is wrong with the text */
    static HostAndPort parse(String text) {
        Matcher matcher = ADDRESS.matcher(text);
        Parsers.require(matcher.matches(), "is not of the form host:port, such as 127.0.0.1:50051 or [::1]:50051");
        int port = Integer.parseInt(matcher.group(3));
        Parsers.require(port <= PORT_MAX, "has a port above " + PORT_MAX);
        String host = Optional.ofNullable(matcher.group(1)).orElse(matcher.group(2));
        return new HostAndPort(host.equals("*") ? "" : host, port);
    }
}
