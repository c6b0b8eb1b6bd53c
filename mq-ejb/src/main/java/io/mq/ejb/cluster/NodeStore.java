package io.mq.ejb.cluster;

import io.mq.core.config.Configuration;
import io.mq.core.config.Setting;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** A PKCS12 file that a setting names, opened. Its text is the setting and the file, never what is in it. */
final class NodeStore {

    private final String name;
    private final KeyStore store;
    private final char[] password;

    private NodeStore(String name, KeyStore store, char[] password) {
        this.name = name;
        this.store = store;
        this.password = password;
    }

    static NodeStore open(
            Configuration configuration, Setting<Optional<Path>> setting, Setting<Optional<Path>> passwordSetting) {
        Path path = configuration.get(setting).orElseThrow();
        Path passwordPath = configuration.get(passwordSetting).orElseThrow();
        String name = shown(setting, path);
        char[] password = password(shown(passwordSetting, passwordPath), passwordPath);
        try (InputStream in = Files.newInputStream(path)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, password);
            return new NodeStore(name, store, password);
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                throw NodeCertificates.bad(
                        "%s is not opened by the password in %s; give the file that has the right one"
                                .formatted(name, shown(passwordSetting, passwordPath)),
                        e);
            }
            throw Files.isReadable(path) && !Files.isDirectory(path)
                    ? NodeCertificates.bad("%s is no PKCS12 file; make one by keytool".formatted(name), e)
                    : unreadable(name, e);
        } catch (GeneralSecurityException e) {
            throw unusable(name, e);
        }
    }

    private static String shown(Setting<?> setting, Path path) {
        return setting.key() + "=" + path;
    }

    /** Without what an editor or echo puts behind it. */
    private static char[] password(String name, Path path) {
        try {
            String text = Files.readString(path, StandardCharsets.UTF_8);
            return text.replaceFirst("\\R\\z", "").toCharArray();
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private static RuntimeException unreadable(String name, IOException e) {
        return NodeCertificates.bad(
                "%s cannot be read (%s); give a file that is there and that the user who runs the node may read"
                        .formatted(name, e.getClass().getSimpleName()),
                e);
    }

    private static RuntimeException unusable(String name, GeneralSecurityException e) {
        return NodeCertificates.bad(
                "%s cannot be used (%s); make it anew by keytool".formatted(name, e.getMessage()), e);
    }

    /** The certificate of the one key in it first, then those that vouch for it. */
    X509Certificate[] chain() {
        try {
            List<String> keys = aliases().filter(this::isKey).toList();
            if (keys.size() != 1) {
                throw NodeCertificates.bad(
                        "%s holds %d private keys; expected one, with the node's certificate"
                                .formatted(name, keys.size()),
                        null);
            }
            return Arrays.copyOf(
                    store.getCertificateChain(keys.get(0)),
                    store.getCertificateChain(keys.get(0)).length,
                    X509Certificate[].class);
        } catch (GeneralSecurityException e) {
            throw unusable(name, e);
        }
    }

    private Stream<String> aliases() throws GeneralSecurityException {
        return new ArrayList<>(Collections.list(store.aliases())).stream();
    }

    private boolean isKey(String alias) {
        try {
            return store.isKeyEntry(alias);
        } catch (GeneralSecurityException e) {
            throw unusable(name, e);
        }
    }

    KeyManager keyManager() {
        try {
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, password);
            return factory.getKeyManagers()[0];
        } catch (GeneralSecurityException e) {
            throw unusable(name, e);
        }
    }

    X509TrustManager trustManager() {
        try {
            if (aliases().noneMatch(alias -> !isKey(alias))) {
                throw NodeCertificates.bad(
                        "%s holds no certificate to trust; put the authority's into it by keytool -importcert"
                                .formatted(name),
                        null);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return (X509TrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException e) {
            throw unusable(name, e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
