package io.mq.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mq.batch.Compression;
import io.mq.client.ConsumedMessage;
import io.mq.client.Consumer;
import io.mq.client.ConsumerConfig;
import io.mq.client.Message;
import io.mq.client.MqClient;
import io.mq.client.MqException;
import io.mq.client.Producer;
import io.mq.client.ProducerConfig;
import io.mq.client.Published;
import io.mq.client.StartFrom;
import io.mq.client.TopicPartition;
import io.mq.client.TopicSettings;
import io.mq.system.process.ServerOptions;
import io.mq.system.process.ServerProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * mq's own Java client against the real server, which is killed, stopped and paused under it. A start takes longer than a
 * test, so they share a server as long as it lives; each has topics and groups of its own.
 */
class JavaClientIT {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final int MESSAGES = 20_000;

    @TempDir
    private static Path directory;

    private static ServerOptions options;
    private static ServerProcess server;

    private MqClient client;

    /** With one partition. */
    private String topic;

    /** With four, where a test creates it. */
    private String wide;

    private String group;

    @BeforeAll
    static void start() throws IOException {
        // The port stays, so that the client finds the server again.
        options = ServerOptions.in(directory).onOnePort();
        server = ServerProcess.start(options);
    }

    @BeforeEach
    void connect(TestInfo test) throws IOException {
        if (!server.isAlive()) {
            server = ServerProcess.start(options);
        }
        topic = test.getTestMethod().orElseThrow().getName();
        wide = topic + "-wide";
        group = topic + "-group";
        client = MqClient.forTarget(server.grpcAddress()).build();
        client.admin().createTopic(topic, 1).join();
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static List<String> texts(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "message " + i).toList();
    }

    /** Sends all, a few at a time, so that the server is met in the middle of its work. */
    private static List<CompletableFuture<Published>> send(Producer producer, int from, int to) {
        return texts(from, to).stream()
                .map(text -> producer.send(Message.of(text)))
                .toList();
    }

    private static void assertStoredInOrder(List<CompletableFuture<Published>> sent, long firstOffset) {
        for (int i = 0; i < sent.size(); i++) {
            assertThat(sent.get(i).orTimeout(60, TimeUnit.SECONDS).join().offset())
                    .as("offset of message %d", i)
                    .isEqualTo(firstOffset + i);
        }
    }

    private static List<String> read(Consumer consumer, int count) {
        List<String> texts = new ArrayList<>();
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            consumer.poll(POLL).forEach(message -> texts.add(message.payloadText()));
            return texts.size() >= count;
        });
        return texts;
    }

    @Test
    void killedServerCostsNeitherALossNorADuplicateNorTheOrder() throws Exception {
        try (Producer producer = client.producer(topic)) {
            List<CompletableFuture<Published>> sent = new ArrayList<>(send(producer, 0, MESSAGES));
            server.kill();
            sent.addAll(send(producer, MESSAGES, 2 * MESSAGES));
            server = ServerProcess.start(options);
            assertStoredInOrder(sent, 0);
        }
        try (Consumer reader = client.consumer(ConsumerConfig.alone(topic).build())) {
            assertThat(read(reader, 2 * MESSAGES)).isEqualTo(texts(0, 2 * MESSAGES));
        }
    }

    @Test
    void consumerGoesOnWithTheNextLifeOfTheServer() throws Exception {
        try (Producer producer = client.producer(topic);
                Consumer consumer = client.consumer(
                        ConsumerConfig.group(group, topic).manualCommit().build())) {
            assertStoredInOrder(send(producer, 0, 100), 0);
            assertThat(read(consumer, 100)).isEqualTo(texts(0, 100));
            consumer.commitSync();
            server.kill();
            server = ServerProcess.start(options);
            assertStoredInOrder(send(producer, 100, 200), 100);
            // What was committed is not sent again, and nothing is missing.
            assertThat(read(consumer, 100)).isEqualTo(texts(100, 200));
        }
    }

    @Test
    void pausedServerIsWaitedFor() throws Exception {
        try (Producer producer = client.producer(topic)) {
            assertStoredInOrder(send(producer, 0, 10), 0);
            server.pause();
            List<CompletableFuture<Published>> sent = send(producer, 10, 1000);
            assertThat(sent.get(500).isDone()).isFalse();
            server.resume();
            assertStoredInOrder(sent, 10);
        }
    }

    @Test
    void orderlyStopIsLikeAnyOtherInterruption() throws Exception {
        try (Producer producer = client.producer(topic)) {
            assertStoredInOrder(send(producer, 0, 10), 0);
            server.terminate();
            assertThat(server.awaitExit(Duration.ofSeconds(10))).contains(0);
            List<CompletableFuture<Published>> sent = send(producer, 10, 20);
            server = ServerProcess.start(options);
            assertStoredInOrder(sent, 10);
        }
    }

    @Test
    void compressedKeyedMessagesWithHeadersArriveAsTheyWere() {
        client.admin().createTopic(wide, 4).join();
        for (Compression compression : Compression.values()) {
            try (Producer producer = client.producer(
                    ProducerConfig.builder(wide).compression(compression).build())) {
                for (int i = 0; i < 100; i++) {
                    var unused = producer.send(
                            Message.of("text " + i).withKey("key " + i % 7).withHeader("codec", compression.name()));
                }
                producer.flush();
            }
        }
        try (Consumer reader = client.consumer(ConsumerConfig.alone(wide).build())) {
            List<ConsumedMessage> messages = new ArrayList<>();
            await().until(() -> messages.addAll(reader.poll(POLL)) && messages.size() >= 300);
            assertThat(messages).hasSize(300);
            assertThat(messages)
                    .extracting(message -> message.header("codec").orElseThrow())
                    .containsOnly("NONE", "LZ4", "ZSTD");
            // Equal keys share a partition.
            assertThat(messages.stream()
                            .map(message -> message.partition() + " "
                                    + text(message.key().orElseThrow()))
                            .distinct())
                    .hasSize(7);
        }
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    @Test
    void membersOfAGroupShareThePartitionsAndHandThemOverWithoutALoss() throws Exception {
        client.admin().createTopic(wide, 4).join();
        try (Producer producer = client.producer(wide);
                Consumer first =
                        client.consumer(ConsumerConfig.group(group, wide).build())) {
            for (int i = 0; i < 400; i++) {
                var unused = producer.send(Message.of("message " + i).toPartition(i % 4));
            }
            producer.flush();
            List<String> seen = new ArrayList<>(read(first, 400));
            first.commitSync();
            try (Consumer second =
                    client.consumer(ConsumerConfig.group(group, wide).build())) {
                await().until(() -> {
                    first.poll(POLL).forEach(message -> seen.add(message.payloadText()));
                    second.poll(POLL).forEach(message -> seen.add(message.payloadText()));
                    return first.assignment().size() == 2 && second.assignment().size() == 2;
                });
                for (int i = 400; i < 800; i++) {
                    var unused = producer.send(Message.of("message " + i).toPartition(i % 4));
                }
                producer.flush();
                await().until(() -> {
                    first.poll(POLL).forEach(message -> seen.add(message.payloadText()));
                    second.poll(POLL).forEach(message -> seen.add(message.payloadText()));
                    return seen.size() >= 800;
                });
            }
            assertThat(seen).containsExactlyInAnyOrderElementsOf(texts(0, 800));
        }
    }

    @Test
    void seekSendsTheGroupBack() {
        try (Producer producer = client.producer(topic);
                Consumer consumer = client.consumer(
                        ConsumerConfig.group(group, topic).manualCommit().build())) {
            assertStoredInOrder(send(producer, 0, 50), 0);
            assertThat(read(consumer, 50)).hasSize(50);
            consumer.commitSync();
            assertThat(consumer.seek(new TopicPartition(topic, 0), StartFrom.offset(20))
                            .join())
                    .isEqualTo(20);
            assertThat(read(consumer, 30)).isEqualTo(texts(20, 50));
        }
    }

    @Test
    void messageThatTheServerRefusesTakesNoOtherWithIt() {
        int bytesMax = 10_000;
        client.admin()
                .createTopic(
                        "small",
                        1,
                        new TopicSettings(
                                Optional.empty(), OptionalLong.empty(), OptionalInt.of(bytesMax), Optional.empty()))
                .join();
        try (Producer producer = client.producer("small")) {
            List<CompletableFuture<Published>> before = send(producer, 0, 500);
            CompletableFuture<Published> tooLarge = producer.send(Message.of(new byte[2 * bytesMax]));
            List<CompletableFuture<Published>> after = send(producer, 500, 1000);
            assertStoredInOrder(before, 0);
            assertStoredInOrder(after, 500);
            assertThatThrownBy(tooLarge::join)
                    .hasCauseInstanceOf(MqException.class)
                    .hasMessageContaining("at most");
        }
    }

    @Test
    void errorsOfTheServerReachTheApplicationWithTheirReasons() {
        assertThatThrownBy(() -> client.producer("nope"))
                .isInstanceOfSatisfying(
                        MqException.class, e -> assertThat(e.reason()).isEqualTo("TOPIC_NOT_FOUND"));
        assertThatThrownBy(() -> client.admin().createTopic("in valid", 1).join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        MqException.class, e -> assertThat(e.reason()).isEqualTo("INVALID_NAME"));
        assertThatThrownBy(() ->
                        client.consumer(ConsumerConfig.group(group, "nope").build()))
                .isInstanceOf(MqException.class);
    }
}
