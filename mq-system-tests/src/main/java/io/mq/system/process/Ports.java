package io.mq.system.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports of this machine. */
public final class Ports {

    private Ports() {}

    /** One that nobody listens on, as yet. */
    public static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The first of so many in a row that nobody listens on, as yet. */
    public static int freeInARow(int count) throws IOException {
        while (true) {
            int first = free();
            if (areFree(first + 1, first + count)) {
                return first;
            }
        }
    }

    private static boolean areFree(int from, int to) {
        for (int port = from; port < to; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                socket.setReuseAddress(true);
            } catch (IOException | IllegalArgumentException e) {
                return false;
            }
        }
        return true;
    }
}
