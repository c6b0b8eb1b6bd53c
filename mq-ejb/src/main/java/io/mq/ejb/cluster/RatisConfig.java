package io.mq.ejb.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What a node needs to keep replicas.
 *
 * @param peerId what the other replicas call this one; a node that has lost its data gets another, since it must not be
 *     taken for the one that has voted
 * @param directory where the logs of all shards are kept; created where it is missing
 * @param host at which the other nodes reach this one, and on which it listens
 * @param entryBytesMax of the largest entry of a log
 * @param shards how many logs share the node's memory
 * @param electionTimeout how long a follower waits for its leader at least before it stands for election; at the most
 *     twice as long
 * @param certificates empty where replicas speak to each other without TLS
 */
record RatisConfig(
        String peerId,
        Path directory,
        String host,
        int port,
        int entryBytesMax,
        int shards,
        Duration electionTimeout,
        Optional<NodeCertificates> certificates) {

    String address() {
        return host + ":" + port;
    }

    /** Where the engine keeps the shards' logs, each in a directory of its own. */
    Path logs() {
        return directory.resolve("shards");
    }
}
