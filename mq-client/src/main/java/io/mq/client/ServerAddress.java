package io.mq.client;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a server is: a name or an IP address, and a port. */
record ServerAddress(String host, int port) {

    private static final Pattern NAME_AND_PORT = Pattern.compile("([^\\[\\]:,/\\s]+):(\\d{1,5})");
    private static final Pattern IPV6_AND_PORT = Pattern.compile("\\[([^\\[\\],/\\s]+)]:(\\d{1,5})");
    private static final int PORT_MAX = 65535;

    /** @throws IllegalArgumentException where this is not {@code host:port}, or {@code [host]:port} for IPv6 */
    static ServerAddress parse(String text) {
        Matcher name = NAME_AND_PORT.matcher(text);
        Matcher found = name.matches() ? name : IPV6_AND_PORT.matcher(text);
        int port = found.matches() ? Integer.parseInt(found.group(2)) : 0;
        if (port < 1 || port > PORT_MAX) {
            throw new IllegalArgumentException(
                    "\"%s\" is no address: expected host:port, with a port of 1 to %d".formatted(text, PORT_MAX));
        }
        return new ServerAddress(found.group(1), port);
    }

    /** As {@link #parse} takes it. */
    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
