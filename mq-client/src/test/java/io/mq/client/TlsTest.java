package io.mq.client;

import static io.mq.client.FakeBroker.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.ChannelCredentials;
import io.grpc.Status.Code;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.netty.handler.ssl.util.SelfSignedCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Over TLS, to a server that calls itself localhost. */
@Timeout(60)
class TlsTest {

    private static SelfSignedCertificate certificate;

    private final FakeBroker broker = FakeBroker.start(1);
    private final FakeServer server = startServer();

    @BeforeAll
    static void makeCertificate() throws CertificateException {
        certificate = SelfSignedCertificate.builder()
                .fqdn("localhost")
                .algorithm("EC")
                .bits(256)
                .build();
    }

    @AfterAll
    static void deleteCertificate() {
        certificate.delete();
    }

    private FakeServer startServer() {
        try {
            return FakeServer.start(
                    broker.service(),
                    0,
                    TlsServerCredentials.create(certificate.certificate(), certificate.privateKey()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() {
        server.close();
        broker.close();
    }

    private static ChannelCredentials trusting() throws IOException {
        return TlsChannelCredentials.newBuilder()
                .trustManager(certificate.certificate())
                .build();
    }

    private static MqClient.Builder client(List<String> addresses, ChannelCredentials credentials) {
        return MqClient.forAddresses(addresses).channelCredentials(credentials).deadline(Duration.ofSeconds(10));
    }

    private static void assertPublishesAndConsumes(MqClient client) {
        try (Producer producer = client.producer(TOPIC);
                Consumer consumer = client.consumer(ConsumerConfig.alone(TOPIC).build())) {
            producer.send(Message.of("a")).join();
            assertThat(consumer.poll(Duration.ofSeconds(30)).stream().map(ConsumedMessage::payloadText))
                    .containsExactly("a");
        }
    }

    @Test
    void clientThatTrustsTheServerPublishesAndConsumes() throws Exception {
        try (MqClient client = client(List.of(server.address()), trusting()).build()) {
            assertPublishesAndConsumes(client);
        }
    }

    /** Each server of a list is held to its own name, not to that of the first. */
    @Test
    void serverFurtherDownTheListIsCheckedByItsOwnName() throws Exception {
        try (DeadAddress dead = new DeadAddress();
                MqClient client = client(List.of(dead.toString(), server.address()), trusting())
                        .build()) {
            assertPublishesAndConsumes(client);
        }
    }

    @Test
    void clientThatDoesNotTrustTheServerFailsWithTheReason() {
        try (MqClient client = client(List.of(server.address()), TlsChannelCredentials.create())
                .deadline(Duration.ofSeconds(2))
                .build()) {
            assertIsUntrusted(catchThrowableOfType(MqException.class, () -> client.producer(TOPIC)));
            assertIsUntrusted(catchThrowableOfType(
                    MqException.class,
                    () -> client.consumer(ConsumerConfig.alone(TOPIC).build())));
            CompletableFuture<TopicInfo> described = client.admin().describeTopic(TOPIC);
            assertThat(described)
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOfSatisfying(MqException.class, TlsTest::assertIsUntrusted);
        }
        assertThat(broker.streamsSeen()).isZero();
    }

    @Test
    void serverUnderAnotherNameIsNotTrusted() throws Exception {
        try (MqClient client = client(List.of("127.0.0.1:" + server.port()), trusting())
                .deadline(Duration.ofSeconds(2))
                .build()) {
            MqException failure = catchThrowableOfType(MqException.class, () -> client.producer(TOPIC));
            assertThat(failure).hasRootCauseInstanceOf(CertificateException.class);
        }
        assertThat(broker.streamsSeen()).isZero();
    }

    private static void assertIsUntrusted(MqException failure) {
        assertThat(failure.code()).isIn(Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED);
        assertThat(failure).hasMessageContaining("unable to find valid certification path");
    }
}
