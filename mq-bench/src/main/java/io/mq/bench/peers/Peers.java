package io.mq.bench.peers;

import io.mq.bench.peers.broker.Peer;
import io.mq.bench.peers.kafka.KafkaPeer;
import io.mq.bench.peers.mq.MqPeer;
import io.mq.bench.peers.nats.NatsPeer;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The brokers there are. */
final class Peers {

    static final Peer MQ = new MqPeer();

    /** What mq is compared with, in the order of the columns. */
    static final List<Peer> OTHERS = List.of(KafkaPeer.withDefaults(), KafkaPeer.withFsync(), new NatsPeer());

    private Peers() {}

    static Optional<Peer> find(String name) {
        return Stream.concat(Stream.of(MQ), OTHERS.stream())
                .filter(peer -> peer.name().equals(name))
                .findFirst();
    }

    static String names(List<Peer> peers) {
        return peers.stream().map(Peer::name).collect(Collectors.joining(", "));
    }
}
