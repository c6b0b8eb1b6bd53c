package io.mq.bench.peers.broker;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A kind of broker that can be measured: mq itself and what it is compared with. */
public interface Peer {

    /** The word for it in options and results. */
    String name();

    /** Of the broker and of its client, where they differ. */
    String version() throws IOException;

    /** What an acknowledged message survives, in a few words. */
    String durability(Topology topology);

    /** What differs from the defaults of the broker and of its clients, by what it applies to, in the order to print. */
    Map<String, String> settings(Topology topology);

    /** Why it cannot run on this machine, and what would help; empty where it can. */
    default Optional<String> absence() {
        return Optional.empty();
    }

    /**
     * Starts a broker and waits until all of its nodes take calls.
     *
     * @param directory where it keeps everything; it exists and is empty
     * @param leftovers takes each process before anything is waited for
     * @throws IOException with what the broker has printed, where it ends instead
     */
    RunningBroker start(Path directory, Topology topology, Leftovers leftovers) throws IOException;

    /**
     * Connects to a broker that was started, from this process or from another one.
     *
     * @param addresses of all its nodes
     */
    BrokerClient connect(List<String> addresses) throws IOException;
}
