package io.mq.ejb.cluster;

import io.mq.core.config.Configuration;
import io.mq.core.config.Setting;
import io.mq.core.config.Settings;
import io.mq.core.config.SocketAddresses.HostAndPort;
import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * What a node proves to the others that it is one with, and what they have to prove to it: TLS with a certificate on both
 * sides, for the channel and for the log alike. Shows nothing of itself.
 */
public final class NodeCertificates {

    private final KeyManager keyManager;
    private final X509TrustManager trustManager;

    NodeCertificates(KeyManager keyManager, X509TrustManager trustManager) {
        this.keyManager = keyManager;
        this.trustManager = trustManager;
    }

    /**
     * Empty where none of the settings is given.
     *
     * @param address where the others reach the node: what the certificate has to name
     * @throws StartupException where only some are given, or a file is not what it should be
     */
    static Optional<NodeCertificates> from(Configuration configuration, HostAndPort address) {
        List<Setting<Optional<Path>>> needed = List.of(
                Settings.CLUSTER_TLS_KEYSTORE,
                Settings.CLUSTER_TLS_KEYSTORE_PASSWORD_FILE,
                Settings.CLUSTER_TLS_TRUSTSTORE);
        List<Setting<Optional<Path>>> given = Stream.concat(
                        needed.stream(), Stream.of(Settings.CLUSTER_TLS_TRUSTSTORE_PASSWORD_FILE))
                .filter(setting -> configuration.get(setting).isPresent())
                .toList();
        if (given.isEmpty()) {
            return Optional.empty();
        }
        needed.stream().filter(setting -> !given.contains(setting)).findFirst().ifPresent(missing -> {
            throw bad(
                    "%s is given but %s is not; TLS between nodes needs both: give it too, or neither for none"
                            .formatted(given.get(0).key(), missing.key()),
                    null);
        });
        NodeStore keys = NodeStore.open(
                configuration, Settings.CLUSTER_TLS_KEYSTORE, Settings.CLUSTER_TLS_KEYSTORE_PASSWORD_FILE);
        NodeStore trusted = NodeStore.open(
                configuration,
                Settings.CLUSTER_TLS_TRUSTSTORE,
                configuration.get(Settings.CLUSTER_TLS_TRUSTSTORE_PASSWORD_FILE).isPresent()
                        ? Settings.CLUSTER_TLS_TRUSTSTORE_PASSWORD_FILE
                        : Settings.CLUSTER_TLS_KEYSTORE_PASSWORD_FILE);
        return Optional.of(of(keys, trusted, address.host()));
    }

    private static NodeCertificates of(NodeStore keys, NodeStore trusted, String host) {
        X509Certificate[] chain = keys.chain();
        if (!CertificateNames.include(chain[0], host)) {
            throw bad(
                    "%s has a certificate for %s, but the other nodes reach this one at %s; have one made with that host as a subject alternative name"
                            .formatted(keys, CertificateNames.of(chain[0]), host),
                    null);
        }
        X509TrustManager trustManager = trusted.trustManager();
        try {
            trustManager.checkServerTrusted(chain, "UNKNOWN");
            trustManager.checkClientTrusted(chain, "UNKNOWN");
        } catch (CertificateException e) {
            throw bad(
                    "%s has a certificate that %s does not trust (%s); the other nodes would not either: have it signed by that authority, for servers and clients, and not expired"
                            .formatted(keys, trusted, e.getMessage()),
                    e);
        }
        return new NodeCertificates(keys.keyManager(), trustManager);
    }

    static StartupException bad(String text, Exception cause) {
        return new StartupException(StartupFailure.BAD_CONFIGURATION, text, cause);
    }

    KeyManager keyManager() {
        return keyManager;
    }

    X509TrustManager trustManager() {
        return trustManager;
    }

    SSLContext context() throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(new KeyManager[] {keyManager}, new TrustManager[] {trustManager}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS 1.3 cannot be had: " + e.getMessage(), e);
        }
    }
}
