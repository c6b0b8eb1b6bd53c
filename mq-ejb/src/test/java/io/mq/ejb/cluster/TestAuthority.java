package io.mq.ejb.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.mq.core.config.Configuration;
import io.mq.core.config.SocketAddresses.HostAndPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An authority that signs the nodes' certificates, and one certificate of it for nodes on the loopback interface. */
final class TestAuthority {

    private static final String PASSWORD = "of-no-worth";

    private final Path directory;

    private TestAuthority(Path directory) {
        this.directory = directory;
    }

    static TestAuthority create(Path directory) throws Exception {
        return create(directory, "san=ip:127.0.0.1,dns:localhost");
    }

    /** @param extension of the node's certificate, as keytool takes it */
    static TestAuthority create(Path directory, String extension) throws Exception {
        Files.createDirectories(directory);
        TestAuthority authority = new TestAuthority(directory);
        authority.generate("authority", "-ext", "bc:c");
        authority.generate("node", "-signer", "authority", "-ext", extension);
        authority.split();
        Files.writeString(authority.file("password"), PASSWORD + "\n");
        return authority;
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    private void generate(String alias, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + alias,
                "-validity",
                "2",
                "-keystore",
                file("all.p12").toString(),
                "-storepass",
                PASSWORD));
        command.addAll(List.of(more));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(output).isZero();
    }

    private void split() throws IOException, GeneralSecurityException {
        KeyStore all = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file("all.p12"))) {
            all.load(in, PASSWORD.toCharArray());
        }
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("authority", all.getCertificate("authority"));
        store(trusted, file("trusted.p12"));
        all.deleteEntry("authority");
        store(all, file("node.p12"));
    }

    private static void store(KeyStore store, Path path) throws IOException, GeneralSecurityException {
        try (OutputStream out = Files.newOutputStream(path)) {
            store.store(out, PASSWORD.toCharArray());
        }
    }

    /** The settings of a node that has a certificate of this authority. */
    Map<String, String> settings() {
        return new HashMap<>(Map.of(
                "mq.cluster.tls.keystore", file("node.p12").toString(),
                "mq.cluster.tls.keystore-password-file", file("password").toString(),
                "mq.cluster.tls.truststore", file("trusted.p12").toString()));
    }

    Optional<NodeCertificates> certificates() {
        return certificates(settings());
    }

    static Optional<NodeCertificates> certificates(Map<String, String> settings) {
        return certificates(settings, "127.0.0.1");
    }

    static Optional<NodeCertificates> certificates(Map<String, String> settings, String host) {
        Configuration configuration =
                Configuration.read(settings.keySet(), key -> Optional.ofNullable(settings.get(key)));
        return NodeCertificates.from(configuration, new HostAndPort(host, 7800));
    }
}
