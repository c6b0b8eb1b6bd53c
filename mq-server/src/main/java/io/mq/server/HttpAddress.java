package io.mq.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Where HTTP listens. {@code host} is a name or address without brackets; empty for all interfaces. */
record HttpAddress(String host, int port) {

    /** Takes the text that the application's checks have approved; port 0 becomes one that is free. */
    static HttpAddress parse(String text) throws IOException {
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, colon).replace("[", "").replace("]", "");
        int port = Integer.parseInt(text.substring(colon + 1));
        return new HttpAddress(host, port == 0 ? freePort(host) : port);
    }

    private static int freePort(String host) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, host.isEmpty() ? null : InetAddress.getByName(host))) {
            return socket.getLocalPort();
        }
    }

    /** What the application server calls all interfaces. */
    String listenHost() {
        return host.isEmpty() ? "0.0.0.0" : host;
    }

    /** Where a client on this machine finds it. */
    String url() {
        String reachable = host.isEmpty() || host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
        return "http://" + (reachable.contains(":") ? "[" + reachable + "]" : reachable) + ":" + port;
    }
}
