package io.mq.bench.peers;

import io.mq.bench.peers.broker.Peer;
import io.mq.bench.peers.mq.MqPeer;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The brokers there are. */
final class Peers {

    static final Peer MQ = new MqPeer();

    /** What mq is compared with, as is advised for each, in the order of the columns. */
    static final List<Peer> OTHERS = new Tuning().peers();

    private Peers() {}

    static Optional<Peer> find(String name, List<Peer> peers) {
        return peers.stream().filter(peer -> peer.name().equals(name)).findFirst();
    }

    static String names(List<Peer> peers) {
        return peers.stream().map(Peer::name).collect(Collectors.joining(", "));
    }
}
