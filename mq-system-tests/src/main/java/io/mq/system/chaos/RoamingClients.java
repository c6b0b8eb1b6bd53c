package io.mq.system.chaos;

import java.io.Closeable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Clients at work, each on a thread of its own: one whose connection breaks goes on with the next address. */
final class RoamingClients implements Closeable {

    private static final Duration BETWEEN = Duration.ofMillis(50);

    private final List<Roaming> running = new ArrayList<>();

    /**
     * Starts one.
     *
     * @param addresses where it may go, its first one first
     * @param deadline of its calls
     */
    void start(Client client, List<String> addresses, Duration deadline) {
        Roaming started = new Roaming(client, addresses, deadline);
        running.add(started);
        started.thread.start();
    }

    /** Closes their connections and waits for their ends. */
    @Override
    public void close() {
        running.forEach(Roaming::stop);
        try {
            for (Roaming each : running) {
                each.thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Roaming {

        private final Client client;
        private final List<String> addresses;
        private final Duration deadline;
        private final Thread thread;

        /** Guarded by this. */
        private Connection connection;

        /** Guarded by this. */
        private boolean isStopping;

        Roaming(Client client, List<String> addresses, Duration deadline) {
            this.client = client;
            this.addresses = addresses;
            this.deadline = deadline;
            this.thread = new Thread(this::run, client.getClass().getSimpleName());
            thread.setDaemon(true);
        }

        private void run() {
            for (int i = 0; connect(addresses.get(i % addresses.size())); i++) {
                client.use(connection);
                connection.close();
                LockSupport.parkNanos(BETWEEN.toNanos());
            }
        }

        /** @return whether it may work on */
        private synchronized boolean connect(String address) {
            if (!isStopping) {
                connection = new Connection(address, deadline);
            }
            return !isStopping;
        }

        private synchronized void stop() {
            isStopping = true;
            if (connection != null) {
                connection.close();
            }
        }
    }
}
