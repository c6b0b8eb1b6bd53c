package io.mq.client;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * To which server calls go: to the one that leads, once it is known and reached, else to any, which passes them on to it.
 *
 * <p>Confined to the loop, but for {@link #channel}.
 */
final class Route {

    /** A stream that begins waits so long for the leader to be known and reached: beginning twice costs more. */
    private static final Duration FIRST_WAIT = Duration.ofMillis(500);

    /** A leader that cannot be reached from here is not tried again for so long. */
    private static final Duration UNREACHABLE = Duration.ofSeconds(30);

    private final ManagedChannel any;
    private final Channels channels;
    private final ClientLoop loop;

    private final Set<Traveller> travellers = new LinkedHashSet<>();

    /** Until when an address is not tried, in nanoseconds. */
    private final Map<String, Long> unreachable = new HashMap<>();

    /** What is to be done when it is known where to go; null once it is. */
    private List<Runnable> waiting = new ArrayList<>();

    /** The leader's address; empty where it is the server that any goes to; null before it is known. */
    private String leader;

    /** To the leader, be it that there is no connection yet; null for none. */
    private ManagedChannel direct;

    private volatile ManagedChannel present;

    /** A stream that lasts. */
    @FunctionalInterface
    interface Traveller {

        /**
         * Goes by {@link #channel} from now on, unless it does already.
         *
         * @param silent a channel that is not to be used any more, even if it is that one: its server says nothing; or null
         */
        void reroute(ManagedChannel silent);
    }

    /** @param any to whichever server takes the connection */
    Route(ManagedChannel any, Channels channels, ClientLoop loop) {
        this.any = any;
        this.channels = channels;
        this.loop = loop;
        this.present = any;
    }

    /** Where calls go at the moment. Of any thread. */
    ManagedChannel channel() {
        return present;
    }

    void add(Traveller traveller) {
        travellers.add(traveller);
    }

    void remove(Traveller traveller) {
        travellers.remove(traveller);
    }

    /** Runs it when it is known where to go, or that it takes too long. */
    void whenKnown(Runnable task) {
        if (waiting == null) {
            task.run();
            return;
        }
        waiting.add(task);
        if (waiting.size() == 1) {
            ClientLoop.Timer unused = loop.after(FIRST_WAIT, this::known);
        }
    }

    /** No more is to be learned for the time being. */
    void known() {
        if (waiting != null) {
            List<Runnable> tasks = waiting;
            waiting = null;
            tasks.forEach(Runnable::run);
        }
    }

    /** @param address of the server that leads; empty where it is the one that any goes to */
    void leaderIs(String address) {
        boolean isNew = !address.equals(leader);
        if (isNew) {
            if (direct != null) {
                // Streams that are open there go on until it is known how to reach the next one.
                channels.giveBack(leader, drop());
            }
            leader = address;
        }
        if (!address.isEmpty() && direct == null && !isUnreachable(address)) {
            direct = channels.open(address);
            watch(direct, direct.getState(true));
        } else if (isNew) {
            use(any);
        }
    }

    private boolean isUnreachable(String address) {
        Long until = unreachable.get(address);
        return until != null && System.nanoTime() - until < 0;
    }

    private void watch(ManagedChannel channel, ConnectivityState state) {
        if (channel != direct) {
            return;
        }
        switch (state) {
            case READY -> use(channel);
            // Or somebody else who goes to the same server has found that.
            case TRANSIENT_FAILURE, SHUTDOWN -> {
                if (present != channel) {
                    unreachable.put(leader, System.nanoTime() + UNREACHABLE.toNanos());
                }
                channels.broken(leader, drop());
                use(any);
                return;
            }
            case IDLE -> {
                if (present == channel) {
                    // Its server has closed the connection, and ends what is open there by itself.
                    channels.giveBack(leader, drop());
                    return;
                }
            }
            case CONNECTING -> {}
        }
        channel.notifyWhenStateChanged(state, () -> loop.execute(() -> watch(channel, channel.getState(true))));
    }

    private void use(ManagedChannel channel) {
        present = channel;
        known();
        List.copyOf(travellers).forEach(traveller -> traveller.reroute(null));
    }

    /** Has all streams leave the server that any goes to, which says nothing any more. */
    void leaveAny() {
        List.copyOf(travellers).forEach(traveller -> traveller.reroute(any));
    }

    /** The channel to the leader is not for new calls any more. */
    private ManagedChannel drop() {
        ManagedChannel old = direct;
        direct = null;
        present = any;
        return old;
    }

    /** Has nobody connect any more. What is open, its owner ends. */
    void close() {
        if (direct != null && direct != present) {
            channels.giveBack(leader, drop());
        }
    }
}
