package io.mq.ejb.cluster;

import io.mq.core.config.SocketAddresses;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The hosts that a certificate is for: its subject alternative names (RFC 6125), as those who connect take them. */
final class CertificateNames {

    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private CertificateNames() {}

    static boolean include(X509Certificate certificate, String host) {
        return SocketAddresses.isAddress(host)
                ? ofKind(certificate, IP_ADDRESS).anyMatch(address -> isSame(address, host))
                : ofKind(certificate, DNS_NAME).anyMatch(name -> covers(name, host));
    }

    static List<String> of(X509Certificate certificate) {
        return Stream.concat(ofKind(certificate, DNS_NAME), ofKind(certificate, IP_ADDRESS))
                .toList();
    }

    private static Stream<String> ofKind(X509Certificate certificate, int kind) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? Stream.empty()
                    : names.stream().filter(name -> name.get(0).equals(kind)).map(name -> (String) name.get(1));
        } catch (CertificateParsingException e) {
            return Stream.empty();
        }
    }

    /** Nothing is looked up for an address. */
    private static boolean isSame(String address, String host) {
        try {
            return InetAddress.getByName(address).equals(InetAddress.getByName(host));
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** A star stands for one label, the first. */
    private static boolean covers(String name, String host) {
        String lowerName = name.toLowerCase(Locale.ROOT);
        String lowerHost = host.toLowerCase(Locale.ROOT);
        int dot = lowerHost.indexOf('.');
        return lowerName.equals(lowerHost)
                || lowerName.startsWith("*.")
                        && dot > 0
                        && lowerName.substring(1).equals(lowerHost.substring(dot));
    }
}
