package io.mq.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** An address of this host at which connections are neither taken nor refused, as of a host that is gone. */
final class SilentAddress implements AutoCloseable {

    /** Nobody accepts, and once its queue is full, the kernel passes over who else knocks. */
    private final ServerSocket listening;

    private final List<Socket> queued = new ArrayList<>();

    SilentAddress() {
        try {
            listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            while (isTaken()) {
                continue;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isTaken() throws IOException {
        Socket socket = new Socket();
        queued.add(socket);
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), listening.getLocalPort()), 200);
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "127.0.0.1:" + listening.getLocalPort();
    }

    @Override
    public void close() {
        try {
            for (Socket socket : queued) {
                socket.close();
            }
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
