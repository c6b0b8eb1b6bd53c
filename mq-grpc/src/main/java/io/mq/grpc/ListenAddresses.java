package io.mq.grpc;

import io.mq.core.config.Configuration;
import io.mq.core.config.Settings;
import io.mq.core.config.SocketAddresses.HostAndPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;

/** Turns the configured address into those to listen on. */
final class ListenAddresses {

    private static final String LOOPBACK_IPV4 = "127.0.0.1";

    private ListenAddresses() {}

    /**
     * The given address, or else the default one and its IPv4 twin as far as the host has them: a client that resolves
     * {@code localhost} may try either.
     */
    static List<InetSocketAddress> of(Configuration configuration) {
        HostAndPort address = configuration.get(Settings.ADDR);
        if (configuration.isGiven(Settings.ADDR)) {
            return List.of(address.toSocketAddress());
        }
        List<InetSocketAddress> present = Stream.of(address, new HostAndPort(LOOPBACK_IPV4, address.port()))
                .filter(candidate -> hostHas(candidate.host()))
                .map(HostAndPort::toSocketAddress)
                .toList();
        return present.isEmpty() ? List.of(address.toSocketAddress()) : present;
    }

    private static boolean hostHas(String host) {
        try {
            return NetworkInterface.getByInetAddress(InetAddress.getByName(host)) != null;
        } catch (UnknownHostException | SocketException e) {
            return false;
        }
    }
}
