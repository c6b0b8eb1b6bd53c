package io.mq.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mq.core.config.SocketAddresses.HostAndPort;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SocketAddressesTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:8080, 127.0.0.1, 8080",
        "localhost:0, localhost, 0",
        "mq-1.example.org:65535, mq-1.example.org, 65535",
        "[::1]:50051, ::1, 50051",
        "[fe80::1%2]:1, fe80::1%2, 1",
        "[::ffff:10.0.0.1]:80, ::ffff:10.0.0.1, 80"
    })
    void hostAndPortAreRead(String text, String host, int port) {
        assertThat(SocketAddresses.parse(text)).isEqualTo(new HostAndPort(host, port));
        assertThat(SocketAddresses.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {":8080", "*:8080"})
    void noHostAndStarMeanAllInterfaces(String text) {
        assertThat(SocketAddresses.parse(text)).isEqualTo(new HostAndPort("", 8080));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "8080",
                "localhost",
                "localhost:",
                "localhost:http",
                "localhost:-1",
                "localhost:65536",
                "localhost:123456",
                "::1:8080",
                "[::1]",
                "[]:80",
                "[localhost]:80",
                "a b:80",
                "[::1:80",
                "http://a:80"
            })
    void anythingElseIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SocketAddresses.parse(text))
                .withMessageMatching("(is not of the form host:port|has a port above).*");
    }
}
