package io.mq.bench.server;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.mq.system.process.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerAddressTest {

    @Test
    void aServerThatListensIsFound() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatCode(() -> ServerAddress.requireListening("127.0.0.1:" + socket.getLocalPort()))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void whereNobodyListensIsTold() throws IOException {
        String address = "127.0.0.1:" + Ports.free();

        assertThatIOException()
                .isThrownBy(() -> ServerAddress.requireListening(address))
                .withMessageStartingWith("no server answers at " + address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "localhost:", "localhost:http", "localhost:99999", ""})
    void whatIsNoAddressIsTold(String address) {
        assertThatIOException()
                .isThrownBy(() -> ServerAddress.requireListening(address))
                .withMessageStartingWith("--server " + address + " is no address; give HOST:PORT");
    }
}
