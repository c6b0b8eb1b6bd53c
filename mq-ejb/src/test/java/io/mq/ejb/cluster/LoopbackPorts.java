package io.mq.ejb.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for nodes that listen on the loopback interface. */
final class LoopbackPorts {

    /** For each of the processes that run these tests at the same time: what one is given, another is not. */
    private static final int RANGE = 10_000;

    /** All are below those that a system gives to outgoing connections, of which there are many and at any time. */
    private static final int FIRST = 2_000 + Integer.getInteger("mq.test.fork", 1) * RANGE;

    /** So many that were given before are not given again: whoever has them may be about to listen. */
    private static final int REMEMBERED = 1_000;

    /** Guarded by itself. */
    private static final Deque<Integer> GIVEN = new ArrayDeque<>();

    private LoopbackPorts() {}

    /** The first of two in a row that nobody listens at: a node has the next for its log. */
    static int free() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, FIRST + RANGE);
            if (isFree(port) && isFree(port + 1) && isNotGiven(port)) {
                return port;
            }
        }
    }

    private static boolean isNotGiven(int port) {
        synchronized (GIVEN) {
            if (GIVEN.stream().anyMatch(given -> Math.abs(given - port) < 2)) {
                return false;
            }
            GIVEN.add(port);
            if (GIVEN.size() > REMEMBERED) {
                GIVEN.remove();
            }
            return true;
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
