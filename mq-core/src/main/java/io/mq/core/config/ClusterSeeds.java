package io.mq.core.config;

import io.mq.core.config.SocketAddresses.HostAndPort;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a node looks for its cluster.
 *
 * @param addresses of nodes, none twice; empty where there is a name, or nothing is said
 * @param name that the DNS has the addresses of all nodes for, and the port of each of them
 */
public record ClusterSeeds(List<HostAndPort> addresses, Optional<HostAndPort> name) {

    private static final String DNS = "dns:";

    /** The port behind it is used too. */
    private static final int PORT_MAX = 65_534;

    public static ClusterSeeds of(List<HostAndPort> addresses) {
        return new ClusterSeeds(addresses.stream().distinct().toList(), Optional.empty());
    }

    /** @throws IllegalArgumentException saying what is wrong with the text */
    static ClusterSeeds parse(String text) {
        List<String> parts = Stream.of(text.split(","))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
        if (parts.stream().noneMatch(part -> part.startsWith(DNS))) {
            return of(parts.stream().map(ClusterSeeds::node).toList());
        }
        Parsers.require(parts.size() == 1, "has a dns:name beside others; give that alone, or addresses alone");
        HostAndPort name = node(parts.get(0).substring(DNS.length()));
        Parsers.require(
                !SocketAddresses.isAddress(name.host()),
                "has an address behind dns:, where a name is to be; leave dns: away for an address");
        return new ClusterSeeds(List.of(), Optional.of(name));
    }

    /** The address of a node, as the others reach it. */
    static HostAndPort node(String text) {
        HostAndPort address = SocketAddresses.parse(text);
        Parsers.require(!address.host().isEmpty(), "has no host; name the one that the other nodes reach");
        Parsers.require(address.port() >= 1 && address.port() <= PORT_MAX, "has no such port");
        return address;
    }
}
