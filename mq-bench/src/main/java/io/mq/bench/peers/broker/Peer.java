package io.mq.bench.peers.broker;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A kind of broker that can be measured: mq itself and what it is compared with. */
public interface Peer {

    /** The word for it in options and results. */
    String name();

    /** Of the broker and of its client, where they differ. */
    String version() throws IOException;

    /** What an acknowledged message survives, in a few words. */
    String durability();

    /** What differs from the defaults of the broker and of its clients, by what it applies to, in the order to print. */
    Map<String, String> settings();

    /** Why it cannot run on this machine, and what would help; empty where it can. */
    default Optional<String> absence() {
        return Optional.empty();
    }

    /**
     * Starts a broker of one node and waits until it accepts connections.
     *
     * @param directory where it keeps everything; it exists and is empty
     * @param leftovers takes each process before anything is waited for
     * @throws IOException with what the broker has printed, where it ends instead
     */
    RunningBroker start(Path directory, Leftovers leftovers) throws IOException;

    /** Connects to a broker that was started, from this process or from another one. */
    BrokerClient connect(String address) throws IOException;
}
