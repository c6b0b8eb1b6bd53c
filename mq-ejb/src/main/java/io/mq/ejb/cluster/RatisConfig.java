package io.mq.ejb.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * What a node needs to take part in its cluster.
 *
 * @param nodeId one of {@code members}
 * @param directory where the logs of all shards are kept; created where it is missing
 * @param members by node: the address, {@code host:port}, at which the other nodes reach it; those that a shard begins
 *     with, afterwards its own log says who they are
 * @param entryBytesMax of the largest entry of a log
 * @param electionTimeout how long a follower waits for its leader at least before it stands for election; at the most
 *     twice as long
 */
record RatisConfig(
        String nodeId, Path directory, Map<String, String> members, int entryBytesMax, Duration electionTimeout) {

    RatisConfig {
        if (!members.containsKey(nodeId)) {
            throw new IllegalArgumentException(
                    "node '%s' is none of the cluster's members %s; give it one of their names or add it to them"
                            .formatted(nodeId, members.keySet()));
        }
        members = Map.copyOf(members);
    }

    String host() {
        String address = members.get(nodeId);
        return address.substring(0, address.lastIndexOf(':'));
    }

    int port() {
        String address = members.get(nodeId);
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }
}
