package io.mq.ejb.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mq.core.error.StartupException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a node's certificates is said at its start: the setting, the file and what to do. */
class NodeCertificatesTest {

    private static final String KEYSTORE = "mq.cluster.tls.keystore";
    private static final String KEYSTORE_PASSWORD = "mq.cluster.tls.keystore-password-file";
    private static final String TRUSTSTORE = "mq.cluster.tls.truststore";
    private static final String TRUSTSTORE_PASSWORD = "mq.cluster.tls.truststore-password-file";

    @TempDir
    private static Path directory;

    private static TestAuthority authority;
    private static TestAuthority other;

    @BeforeAll
    static void create() throws Exception {
        authority = TestAuthority.create(directory.resolve("one"));
        other = TestAuthority.create(directory.resolve("other"), "san=dns:*.mq.example");
    }

    private static void assertRefused(Map<String, String> settings, String... parts) {
        assertThatThrownBy(() -> TestAuthority.certificates(settings))
                .isInstanceOf(StartupException.class)
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining("of-no-worth");
    }

    private static Map<String, String> with(String key, Path value) {
        Map<String, String> settings = authority.settings();
        settings.put(key, value.toString());
        return settings;
    }

    @Test
    void withoutSettingsThereIsNone() {
        assertThat(TestAuthority.certificates(Map.of())).isEmpty();
    }

    @Test
    void certificateOfTheTrustedAuthorityIsTaken() {
        assertThat(authority.certificates()).isPresent();
        assertThat(TestAuthority.certificates(with(TRUSTSTORE_PASSWORD, authority.file("password"))))
                .isPresent();
        assertThat(TestAuthority.certificates(other.settings(), "mq-0.mq.example"))
                .isPresent();
    }

    @Test
    void halfOfTheSettingsIsNotEnough() {
        for (String missing : new String[] {KEYSTORE, KEYSTORE_PASSWORD, TRUSTSTORE}) {
            Map<String, String> settings = authority.settings();
            settings.remove(missing);
            assertRefused(settings, "is given but " + missing + " is not");
        }
        Map<String, String> alone = new HashMap<>();
        alone.put(TRUSTSTORE_PASSWORD, authority.file("password").toString());
        assertRefused(alone, TRUSTSTORE_PASSWORD + " is given but " + KEYSTORE + " is not");
    }

    @Test
    void fileThatIsNotThereIsNamed() {
        Path missing = directory.resolve("missing");
        for (String key : new String[] {KEYSTORE, KEYSTORE_PASSWORD, TRUSTSTORE, TRUSTSTORE_PASSWORD}) {
            assertRefused(with(key, missing), key + "=" + missing + " cannot be read (NoSuchFileException)");
        }
    }

    @Test
    void wrongPasswordIsNotShown() throws Exception {
        Path wrong = Files.writeString(directory.resolve("wrong"), "surely-not-this");
        assertRefused(with(KEYSTORE_PASSWORD, wrong), KEYSTORE, "is not opened by the password in", wrong.toString());
        assertThatThrownBy(() -> TestAuthority.certificates(with(KEYSTORE_PASSWORD, wrong)))
                .hasMessageNotContaining("surely-not-this");
    }

    @Test
    void whatIsNoKeystoreIsSaid() throws Exception {
        Path text = Files.writeString(directory.resolve("text"), "-----BEGIN CERTIFICATE-----");
        assertRefused(with(KEYSTORE, text), KEYSTORE + "=" + text, "is no PKCS12 file");
        assertRefused(with(KEYSTORE, authority.file("trusted.p12")), KEYSTORE, "holds 0 private keys");
        assertRefused(with(KEYSTORE, authority.file("all.p12")), KEYSTORE, "holds 2 private keys");
        assertRefused(with(TRUSTSTORE, authority.file("node.p12")), TRUSTSTORE, "holds no certificate to trust");
    }

    @Test
    void certificateThatTheOthersWouldRefuseIsRefusedAtOnce() {
        assertRefused(
                with(TRUSTSTORE, other.file("trusted.p12")),
                KEYSTORE,
                "has a certificate that",
                TRUSTSTORE,
                "does not trust");
        assertRefused(other.settings(), "has a certificate for [*.mq.example]", "at 127.0.0.1");
    }
}
