package io.mq.system.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports of this machine. */
public final class Ports {

    /** Below those that a system gives to outgoing connections, of which there are many and at any time. */
    private static final int FIRST = 10_000;

    private static final int LAST = 32_000;

    private Ports() {}

    /** One that nobody listens on, as yet. */
    public static int free() {
        return freeInARow(1);
    }

    /** The first of so many in a row that nobody listens on, as yet. */
    public static int freeInARow(int count) {
        while (true) {
            int first = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            if (areFree(first, first + count)) {
                return first;
            }
        }
    }

    private static boolean areFree(int from, int to) {
        for (int port = from; port < to; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                socket.setReuseAddress(true);
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }
}
