package io.mq.ejb.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for nodes that listen on the loopback interface. */
final class LoopbackPorts {

    /** Below those that a system gives to outgoing connections, of which there are many and at any time. */
    private static final int FIRST = 10_000;

    private static final int LAST = 32_000;

    private LoopbackPorts() {}

    /** The first of two in a row that nobody listens at: a node has the next for its log. */
    static int free() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            if (isFree(port) && isFree(port + 1)) {
                return port;
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
