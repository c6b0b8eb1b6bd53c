package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mq.batch.Record;
import io.mq.batch.Record.Header;
import io.mq.batch.RecordBatch;
import io.mq.batch.Records;
import io.mq.core.config.Setting;
import io.mq.core.config.Settings;
import io.mq.core.delivery.RecordingSubscriber;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import io.mq.core.file.GatedDisk;
import io.mq.core.file.NioDisk;
import io.mq.core.message.TopicConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every limit is reached, which is fine, and gone past, which is refused with its key and changes nothing. */
class LimitsTest {

    @TempDir
    private Path temporary;

    private GatedDisk disk;
    private BrokerFixture fixture;

    @BeforeEach
    void makeFixture() {
        disk = new GatedDisk(new NioDisk(), path -> path.toString().endsWith(".journal"));
        fixture = new BrokerFixture(temporary.resolve("data"), disk);
    }

    @AfterEach
    void stopBroker() throws IOException {
        disk.open();
        fixture.close();
    }

    private void start(String key, String value) {
        fixture.set(key, value).start();
        fixture.create("t", 1);
    }

    private interface Call {
        void run();
    }

    private static BrokerException refusal(Call call) {
        try {
            call.run();
        } catch (CompletionException e) {
            return (BrokerException) e.getCause();
        } catch (BrokerException e) {
            return e;
        }
        throw new AssertionError("nothing was refused");
    }

    private static void assertRefused(Reason reason, String key, Call call) {
        BrokerException refusal = refusal(call);
        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(refusal).hasMessageContaining(key);
    }

    private void publish(Record record) {
        fixture.broker().publisher().publish(BrokerFixture.request("t", record)).join();
    }

    @Test
    void messageBytes() {
        start("mq.limits.message-bytes-max", "1000");
        Header header = new Header("name", "value");
        publish(Records.record("key", "x".repeat(1000 - 3 - 9), header));
        assertRefused(
                Reason.MESSAGE_TOO_LARGE,
                "mq.limits.message-bytes-max",
                () -> publish(Records.record("key", "x".repeat(1000 - 3 - 9 + 1), header)));
        assertThat(fixture.fetch("t", 0, 0)).hasSize(1);
    }

    private static TopicConfig messageBytesMax(int bytes) {
        return new TopicConfig(Optional.empty(), OptionalLong.empty(), OptionalInt.of(bytes), Optional.empty());
    }

    @Test
    void messageBytesOfATopic() {
        start("mq.limits.message-bytes-max", "1000");
        fixture.broker().topics().alter("t", 0, messageBytesMax(10)).join();
        publish(Records.record("x".repeat(10)));
        assertRefused(
                Reason.MESSAGE_TOO_LARGE,
                "the topic's message_bytes_max",
                () -> publish(Records.record("x".repeat(11))));
    }

    @Test
    void messageBytesThatATopicMaySay() {
        start("mq.limits.message-bytes-max", "1000");
        fixture.broker().topics().create("most", 1, messageBytesMax(1000)).join();
        assertRefused(
                Reason.LIMIT_REACHED,
                "mq.limits.message-bytes-max",
                () -> fixture.broker()
                        .topics()
                        .create("more", 1, messageBytesMax(1001))
                        .join());
        assertRefused(
                Reason.LIMIT_REACHED,
                "mq.limits.message-bytes-max",
                () -> fixture.broker()
                        .topics()
                        .alter("most", 0, messageBytesMax(1001))
                        .join());
    }

    @Test
    void headerBytes() {
        start("mq.limits.header-bytes-max", "10");
        publish(Records.record("k", "", new Header("12345", "67890")));
        assertRefused(
                Reason.HEADERS_TOO_LARGE,
                "mq.limits.header-bytes-max",
                () -> publish(Records.record("k", "", new Header("12345", "678901"))));
        assertRefused(
                Reason.HEADERS_TOO_LARGE,
                "mq.limits.header-bytes-max",
                () -> publish(Records.record("k", "", new Header("€€", "€€"))));
    }

    @Test
    void headers() {
        start("mq.limits.headers-max", "3");
        publish(new Record(Optional.empty(), Records.bytes(""), Collections.nCopies(3, new Header("a", "b"))));
        assertRefused(
                Reason.HEADERS_TOO_LARGE,
                "mq.limits.headers-max",
                () -> publish(
                        new Record(Optional.empty(), Records.bytes(""), Collections.nCopies(4, new Header("a", "b")))));
    }

    @Test
    void keyBytes() {
        start("mq.limits.key-bytes-max", "5");
        publish(Records.record("12345", ""));
        assertRefused(Reason.MESSAGE_TOO_LARGE, "mq.limits.key-bytes-max", () -> publish(Records.record("123456", "")));
    }

    @Test
    void nameChars() {
        start("mq.limits.name-chars-max", "5");
        fixture.create("12345", 1);
        fixture.broker().groups().commit("12345", "t", 0, 0, "").join();
        fixture.join("12345", "12345", "t", new RecordingSubscriber(0));
        assertRefused(Reason.INVALID_NAME, "name '123456'", () -> fixture.create("123456", 1));
        assertRefused(
                Reason.INVALID_NAME,
                "consumer_group",
                () -> fixture.broker().groups().commit("123456", "t", 0, 0, "").join());
        assertRefused(
                Reason.INVALID_NAME,
                "consumer_group",
                () -> fixture.join("123456", "c", "t", new RecordingSubscriber(0)));
        assertRefused(
                Reason.INVALID_NAME, "consumer_id", () -> fixture.join("g", "123456", "t", new RecordingSubscriber(0)));
    }

    @Test
    void metadataChars() {
        start("mq.limits.metadata-chars-max", "5");
        fixture.broker().groups().commit("g", "t", 0, 0, "12345").join();
        assertRefused(
                Reason.LIMIT_REACHED,
                "mq.limits.metadata-chars-max",
                () -> fixture.broker().groups().commit("g", "t", 0, 0, "123456").join());
    }

    @Test
    void topics() {
        start("mq.limits.topics-max", "2");
        fixture.create("second", 1);
        assertRefused(Reason.LIMIT_REACHED, "mq.limits.topics-max", () -> fixture.create("third", 1));
        fixture.create("second", 1);
        fixture.broker().topics().delete("second").join();
        fixture.create("third", 1);
    }

    @Test
    void topicPartitions() {
        start("mq.limits.topic-partitions-max", "3");
        fixture.create("three", 3);
        assertRefused(Reason.LIMIT_REACHED, "mq.limits.topic-partitions-max", () -> fixture.create("four", 4));
        assertRefused(
                Reason.LIMIT_REACHED,
                "mq.limits.topic-partitions-max",
                () -> fixture.broker()
                        .topics()
                        .alter("three", 4, TopicConfig.DEFAULTS)
                        .join());
    }

    @Test
    void partitions() {
        start("mq.limits.partitions-max", "5");
        fixture.create("three", 3);
        assertRefused(Reason.LIMIT_REACHED, "mq.limits.partitions-max", () -> fixture.create("two", 2));
        assertRefused(
                Reason.LIMIT_REACHED,
                "mq.limits.partitions-max",
                () -> fixture.broker()
                        .topics()
                        .alter("three", 5, TopicConfig.DEFAULTS)
                        .join());
        fixture.broker().topics().alter("three", 4, TopicConfig.DEFAULTS).join();
    }

    @Test
    void groups() {
        start("mq.limits.groups-max", "2");
        fixture.broker().groups().commit("a", "t", 0, 0, "").join();
        fixture.broker().groups().commit("b", "t", 0, 0, "").join();
        assertRefused(
                Reason.LIMIT_REACHED,
                "mq.limits.groups-max",
                () -> fixture.broker().groups().commit("c", "t", 0, 0, "").join());
        fixture.broker().groups().commit("b", "t", 0, 0, "").join();
        fixture.join("x", "1", "t", new RecordingSubscriber(0));
        fixture.join("y", "1", "t", new RecordingSubscriber(0));
        assertRefused(
                Reason.LIMIT_REACHED,
                "mq.limits.groups-max",
                () -> fixture.join("z", "1", "t", new RecordingSubscriber(0)));
    }

    @Test
    void groupMembers() {
        start("mq.limits.group-members-max", "2");
        fixture.join("g", "1", "t", new RecordingSubscriber(0));
        fixture.join("g", "2", "t", new RecordingSubscriber(0));
        assertRefused(
                Reason.LIMIT_REACHED,
                "mq.limits.group-members-max",
                () -> fixture.join("g", "3", "t", new RecordingSubscriber(0)));
        fixture.join("h", "3", "t", new RecordingSubscriber(0));
    }

    @Test
    void subscriptions() {
        start("mq.limits.subscriptions-max", "2");
        fixture.join("g", "1", "t", new RecordingSubscriber(0));
        fixture.join("h", "1", "t", new RecordingSubscriber(0));
        assertRefused(
                Reason.LIMIT_REACHED,
                "mq.limits.subscriptions-max",
                () -> fixture.join("i", "1", "t", new RecordingSubscriber(0)));
        assertThat(fixture.broker().status().subscriptions()).isEqualTo(2);
    }

    @Test
    void inFlightBytes() {
        start("mq.limits.in-flight-bytes-max", "1MiB");
        disk.shut();
        List<CompletableFuture<Published>> futures = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            futures.add(fixture.broker()
                    .publisher()
                    .publish(BrokerFixture.request("t", Records.record("x".repeat(100_000)))));
        }
        Map<Boolean, List<CompletableFuture<Published>>> byRefusal =
                futures.stream().collect(Collectors.partitioningBy(CompletableFuture::isCompletedExceptionally));
        List<CompletableFuture<Published>> refused = byRefusal.get(true);
        assertThat(refused).hasSize(10);
        BrokerException refusal = refusal(() -> refused.get(0).join());
        assertThat(refusal.reason()).isEqualTo(Reason.BROKER_BUSY);
        assertThat(refusal.retryAfter()).isPresent();
        disk.open();
        byRefusal.get(false).forEach(CompletableFuture::join);
        publish(Records.record("again"));
        assertThat(fixture.fetch("t", 0, 0)).hasSize(11);
    }

    @Test
    void producersBeyondTheLimitAreRefusedAndKnownOnesGoOn() {
        fixture.set("mq.limits.producers-max", "2").start();
        fixture.create("t", 1);
        fixture.broker().batchPublisher().start(ProducerOpening.of("t", 1)).join();
        fixture.broker().batchPublisher().start(ProducerOpening.of("t", 2)).join();
        BrokerException refusal = refusal(() -> fixture.broker()
                .batchPublisher()
                .start(ProducerOpening.of("t", 3))
                .join());
        assertThat(refusal.reason()).isEqualTo(Reason.LIMIT_REACHED);
        assertThat(refusal).hasMessageContaining("mq.limits.producers-max");
        assertThat(fixture.broker()
                        .batchPublisher()
                        .start(ProducerOpening.of("t", 1))
                        .join()
                        .producer()
                        .epoch())
                .isEqualTo(2);
    }

    @Test
    void partitionsOfProducersBeyondTheLimitAreRefusedAndKnownOnesGoOn() {
        fixture.set("mq.limits.producer-partitions-max", "1").start();
        fixture.create("t", 2);
        fixture.broker().batchPublisher().start(ProducerOpening.of("t", 1)).join();
        publishNumbered(0, 0);
        BrokerException refusal = refusal(() -> publishNumbered(1, 0));
        assertThat(refusal.reason()).isEqualTo(Reason.LIMIT_REACHED);
        assertThat(refusal).hasMessageContaining("mq.limits.producer-partitions-max");
        publishNumbered(0, 1);
    }

    private void publishNumbered(int partition, int sequence) {
        RecordBatch batch = RecordBatch.of(List.of(Records.record("x")));
        batch.stampProducer(1, 1, sequence);
        fixture.broker()
                .batchPublisher()
                .publish("t", OptionalInt.of(partition), batch, Optional.empty())
                .join();
    }

    /** A limit that is added needs a test here. */
    @Test
    void thereAreNoOtherLimits() {
        assertThat(Settings.all())
                .extracting(Setting::key)
                .filteredOn(key -> key.startsWith("mq.limits."))
                .containsExactlyInAnyOrder(
                        "mq.limits.message-bytes-max",
                        "mq.limits.header-bytes-max",
                        "mq.limits.headers-max",
                        "mq.limits.key-bytes-max",
                        "mq.limits.name-chars-max",
                        "mq.limits.metadata-chars-max",
                        "mq.limits.topics-max",
                        "mq.limits.topic-partitions-max",
                        "mq.limits.partitions-max",
                        "mq.limits.groups-max",
                        "mq.limits.group-members-max",
                        "mq.limits.producers-max",
                        "mq.limits.producer-partitions-max",
                        "mq.limits.subscriptions-max",
                        "mq.limits.in-flight-bytes-max");
    }

    @Test
    void messageThatDoesNotFitAJournalFileIsRefusedAtTheStart() {
        fixture.set("mq.limits.message-bytes-max", "1MiB");
        StartupException refusal = catchThrowableOfType(StartupException.class, fixture::config);
        assertThat(refusal.failure()).isEqualTo(StartupFailure.BAD_CONFIGURATION);
        assertThat(refusal).hasMessageContainingAll("mq.limits.message-bytes-max", "mq.journal.file-bytes");
        String enough = refusal.getMessage().replaceAll(".* ", "");
        assertThat(fixture.set("mq.journal.file-bytes", enough)
                        .config()
                        .limits()
                        .messageBytesMax())
                .as("limit with mq.journal.file-bytes=" + enough)
                .isEqualTo(1 << 20);
    }

    @Test
    void largestMessageThatTheConfigurationAllowsIsTaken() {
        start("mq.limits.message-bytes-max", "950KiB");
        publish(Records.record("x".repeat(950 << 10)));
        assertThat(fixture.fetch("t", 0, 0)).singleElement().asString().hasSize(950 << 10);
    }
}
