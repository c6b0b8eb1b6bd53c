package io.mq.client;

import io.grpc.ManagedChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Channels to servers by their addresses: those that go to the same server share one. Safe for use by any thread. */
final class Channels {

    private final Function<String, ManagedChannel> connector;

    /** By address. Guarded by {@code this}. */
    private final Map<String, Shared> open = new HashMap<>();

    private static final class Shared {
        private final ManagedChannel channel;
        private int users;

        Shared(ManagedChannel channel) {
            this.channel = channel;
        }
    }

    /** @param connector makes a channel to an address */
    Channels(Function<String, ManagedChannel> connector) {
        this.connector = connector;
    }

    /** @return one that may have no connection yet; to be given back */
    synchronized ManagedChannel open(String address) {
        Shared shared = open.computeIfAbsent(address, to -> new Shared(connector.apply(to)));
        shared.users++;
        return shared.channel;
    }

    /** What is open on it goes on, until the last user has given it back. */
    synchronized void giveBack(String address, ManagedChannel channel) {
        Shared shared = open.get(address);
        if (shared == null || shared.channel != channel) {
            // Another user has found it broken.
            return;
        }
        if (--shared.users == 0) {
            open.remove(address);
            channel.shutdown();
        }
    }

    /** Nobody is to use it any more: there is nothing behind it. */
    synchronized void broken(String address, ManagedChannel channel) {
        Shared shared = open.get(address);
        if (shared != null && shared.channel == channel) {
            open.remove(address);
        }
        channel.shutdownNow();
    }

    synchronized List<ManagedChannel> all() {
        return open.values().stream().map(shared -> shared.channel).toList();
    }
}
