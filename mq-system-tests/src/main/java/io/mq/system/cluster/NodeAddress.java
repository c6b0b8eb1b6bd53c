package io.mq.system.cluster;

import io.mq.system.process.Ports;
import java.io.IOException;

/**
 * Where a node is reached, in all of its lives.
 *
 * @param id its name in the cluster
 * @param grpc {@code host:port}
 * @param http {@code host:port}
 * @param cluster {@code host:port}; the port after it is the node's, too
 */
record NodeAddress(String id, String grpc, String http, String cluster) {

    /** The ports are free on this machine, and so in a namespace that is new. */
    static NodeAddress choose(int number, String host) throws IOException {
        return new NodeAddress(
                "n" + (number + 1),
                "%s:%d".formatted(host, Ports.free()),
                "%s:%d".formatted(host, Ports.free()),
                "%s:%d".formatted(host, Ports.freeInARow(2)));
    }
}
