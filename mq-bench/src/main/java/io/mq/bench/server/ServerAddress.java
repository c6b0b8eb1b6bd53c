package io.mq.bench.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Where a server is said to be. */
final class ServerAddress {

    private static final int CONNECT_MILLIS = 5000;

    private ServerAddress() {}

    /**
     * Connects once, because a client of gRPC would try for a long time and then tell it at length.
     *
     * @throws IOException where the address is none, or nothing listens there
     */
    static void requireListening(String address) throws IOException {
        int colon = address.lastIndexOf(':');
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
                    CONNECT_MILLIS);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException(
                    "--server %s is no address; give HOST:PORT, such as 127.0.0.1:50051".formatted(address), e);
        } catch (IOException e) {
            throw new IOException(
                    "no server answers at %s: %s; start it, or leave --server out to have one started"
                            .formatted(address, e.getMessage()),
                    e);
        }
    }
}
