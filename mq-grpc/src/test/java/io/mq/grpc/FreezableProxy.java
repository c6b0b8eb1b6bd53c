package io.mq.grpc;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A network between a client and the server that can go dead: connections stay open, but nothing gets through. */
final class FreezableProxy implements Closeable {

    private final InetSocketAddress target;
    private final ServerSocket listening;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile boolean isFrozen;

    private FreezableProxy(InetSocketAddress target, ServerSocket listening) {
        this.target = target;
        this.listening = listening;
    }

    static FreezableProxy to(InetSocketAddress target) throws IOException {
        FreezableProxy proxy = new FreezableProxy(target, new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        start("proxy-accept", proxy::accept);
        return proxy;
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listening.getLocalSocketAddress();
    }

    /** From now on, what either side sends is swallowed. */
    void freeze() {
        isFrozen = true;
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listening.accept();
            Socket server = new Socket(target.getAddress(), target.getPort());
            sockets.add(client);
            sockets.add(server);
            start("proxy-up", () -> forward(client, server));
            start("proxy-down", () -> forward(server, client));
        }
    }

    private void forward(Socket from, Socket to) throws IOException {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] buffer = new byte[8192];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            if (!isFrozen) {
                out.write(buffer, 0, n);
            }
        }
        if (!isFrozen) {
            to.close();
        }
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void start(String name, Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException endOfConnection) {
                        // Closed, by either side or by the end of the test.
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
