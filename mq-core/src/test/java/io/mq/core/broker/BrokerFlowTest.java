package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.mq.batch.Record.Header;
import io.mq.batch.Records;
import io.mq.core.delivery.RecordingSubscriber;
import io.mq.core.delivery.Subscription;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.TopicConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients do with a broker, on a real disk. */
class BrokerFlowTest {

    @TempDir
    private Path temporary;

    private BrokerFixture fixture;

    @BeforeEach
    void startBroker() {
        fixture = new BrokerFixture(temporary.resolve("data"));
        fixture.start();
    }

    @AfterEach
    void stopBroker() throws IOException {
        fixture.close();
    }

    private BrokerException refusal(PublishRequest request) {
        return catchThrowableOfType(
                BrokerException.class, () -> fixture.broker().publisher().publish(request));
    }

    @Test
    void publishedMessageIsFetchedAsItWas() {
        fixture.create("orders", 1);
        Published published = fixture.broker()
                .publisher()
                .publish(BrokerFixture.request("orders", Records.record("key", "payload", new Header("k", "v"))))
                .join();
        assertThat(published.topic()).isEqualTo("orders");
        assertThat(published.offset()).isZero();
        assertThat(published.durability()).isEqualTo(Durability.FSYNCED);
        assertThat(published.messageId()).isEqualTo("1-0-0");
        Fetched fetched = fixture.broker()
                .reader()
                .fetch("orders", 0, 0, 10, 1000, Duration.ZERO)
                .join();
        Fetched.Message message = fetched.messages().get(0);
        assertThat(message.record()).isEqualTo(Records.record("key", "payload", new Header("k", "v")));
        assertThat(message.appendTime()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(fetched.messageId(message)).isEqualTo("1-0-0");
        assertThat(fetched.start()).isZero();
        assertThat(fetched.end()).isEqualTo(1);
    }

    @Test
    void everythingAcknowledgedIsThereAfterARestart() throws IOException {
        fixture.create("orders", 2);
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            fixture.publish("orders", 1, "m" + i);
            all.add("m" + i);
        }
        fixture.broker().groups().commit("g", "orders", 1, 42, "note").join();
        fixture.restart();
        assertThat(fixture.fetch("orders", 1, 0)).isEqualTo(all);
        assertThat(fixture.broker().groups().offsets("g", "orders").get(1).committed())
                .hasValue(42);
        assertThat(fixture.publish("orders", 1, "next").offset()).isEqualTo(100);
        assertThat(fixture.broker().status().nodeId()).isEqualTo("test-node");
    }

    @Test
    void subscriberGetsBacklogAndLiveTailAndGoesOnWhereItsGroupCommitted() throws IOException {
        fixture.create("orders", 1);
        for (int i = 0; i < 5; i++) {
            fixture.publish("orders", "m" + i);
        }
        RecordingSubscriber first = RecordingSubscriber.unlimited();
        Subscription subscription = fixture.join("g", "c1", "orders", first);
        await().until(() -> first.payloads().size() == 5);
        fixture.publish("orders", "m5");
        await().until(() -> first.payloads().size() == 6);
        fixture.broker().groups().commit("g", "orders", 0, 2, "").join();
        subscription.cancel();
        fixture.restart();
        RecordingSubscriber second = RecordingSubscriber.unlimited();
        fixture.join("g", "c1", "orders", second);
        await().until(() -> second.payloads().size() == 4);
        assertThat(second.payloads()).containsExactly("m2", "m3", "m4", "m5");
        assertThat(first.breaches()).isEmpty();
        assertThat(second.breaches()).isEmpty();
    }

    @Test
    void manyPublishersShareTheDiskAndEachKeepsItsOrder() {
        fixture.create("orders", 1);
        List<CompletableFuture<Published>> futures = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            futures.add(fixture.broker().publisher().publish(BrokerFixture.request("orders", Records.record("m" + i))));
        }
        for (int i = 0; i < 1000; i++) {
            assertThat(futures.get(i).join().offset()).isEqualTo(i);
        }
        assertThat(fixture.fetch("orders", 0, 997)).containsExactly("m997", "m998", "m999");
    }

    @Test
    void equalKeysShareAPartitionAndOthersSpread() {
        fixture.create("orders", 4);
        Set<Integer> chosen = new HashSet<>();
        for (int i = 0; i < 40; i++) {
            PublishRequest request = BrokerFixture.request("orders", Records.record("key" + i % 20, "x"));
            int first = fixture.broker()
                    .publisher()
                    .publish(request)
                    .join()
                    .partition()
                    .partition();
            int second = fixture.broker()
                    .publisher()
                    .publish(request)
                    .join()
                    .partition()
                    .partition();
            assertThat(second).isEqualTo(first);
            chosen.add(first);
        }
        assertThat(chosen).containsExactlyInAnyOrder(0, 1, 2, 3);
    }

    @Test
    void unknownTopicOrPartitionIsRefused() {
        assertThat(refusal(BrokerFixture.request("none", Records.record("x"))).reason())
                .isEqualTo(Reason.TOPIC_NOT_FOUND);
        fixture.create("orders", 2);
        BrokerException refusal = refusal(new PublishRequest(
                "orders", OptionalInt.of(2), Records.record("x"), false, Optional.of(Durability.FSYNCED)));
        assertThat(refusal.reason()).isEqualTo(Reason.PARTITION_NOT_FOUND);
        assertThat(refusal).hasMessageContaining("topic 'orders' has partitions 0 to 1, not 2");
    }

    @Test
    void durabilityThatASingleNodeCannotGiveIsRefused() {
        fixture.create("orders", 1);
        BrokerException refusal = refusal(new PublishRequest(
                "orders", OptionalInt.empty(), Records.record("x"), false, Optional.of(Durability.REPLICATED)));
        assertThat(refusal.reason()).isEqualTo(Reason.DURABILITY_NOT_AVAILABLE);
        assertThat(fixture.fetch("orders", 0, 0)).isEmpty();
    }

    @Test
    void deadLettersGoToATopicOfTheirOwnWhichIsCreatedOnce() {
        fixture.create("orders", 3);
        for (int i = 0; i < 2; i++) {
            Published published = fixture.broker()
                    .publisher()
                    .publish(new PublishRequest(
                            "orders",
                            OptionalInt.of(2),
                            Records.record("bad" + i),
                            true,
                            Optional.of(Durability.FSYNCED)))
                    .join();
            assertThat(published.topic()).isEqualTo("orders.dlq");
            assertThat(published.offset()).isEqualTo(i);
        }
        assertThat(fixture.fetch("orders.dlq", 0, 0)).containsExactly("bad0", "bad1");
        assertThat(fixture.fetch("orders", 2, 0)).isEmpty();
        assertThat(fixture.broker().topics().list()).hasSize(2);
    }

    @Test
    void deadLettersOfAnUnknownTopicAreRefused() {
        PublishRequest request = new PublishRequest(
                "none", OptionalInt.empty(), Records.record("x"), true, Optional.of(Durability.FSYNCED));
        assertThat(refusal(request).reason()).isEqualTo(Reason.TOPIC_NOT_FOUND);
        assertThat(fixture.broker().topics().list()).isEmpty();
    }

    @Test
    void topicsAreDescribedWithWhatIsInThem() {
        fixture.create("b", 2);
        fixture.create("a", 0);
        fixture.publish("b", 1, "x");
        fixture.publish("b", 1, "y");
        TopicDescription description = fixture.broker().topics().describe("b");
        assertThat(description.messages()).isEqualTo(2);
        assertThat(description.bytes()).isPositive();
        assertThat(description.partitions()).extracting(p -> p.end()).containsExactly(0L, 2L);
        assertThat(fixture.broker().topics().list())
                .extracting(each -> each.topic().name())
                .containsExactly("a", "b");
        assertThat(fixture.broker().topics().describe("a").topic().partitions()).isEqualTo(1);
    }

    @Test
    void deletedTopicIsGoneAndItsDiskIsFreed() {
        fixture.create("orders", 1);
        fixture.publish("orders", "x");
        fixture.broker().topics().delete("orders").join();
        assertThat(catchThrowableOfType(
                                BrokerException.class,
                                () -> fixture.broker().topics().describe("orders"))
                        .reason())
                .isEqualTo(Reason.TOPIC_NOT_FOUND);
        await().untilAsserted(() ->
                assertThat(fixture.root().resolve("shards/0/topics/orders-1")).doesNotExist());
    }

    @Test
    void alteredTopicTakesMessagesInItsNewPartitions() {
        fixture.create("orders", 1);
        fixture.broker().topics().alter("orders", 2, TopicConfig.DEFAULTS).join();
        fixture.publish("orders", 1, "x");
        assertThat(fixture.fetch("orders", 1, 0)).containsExactly("x");
    }

    @Test
    void negativePartitionsAreRefused() {
        assertThat(catchThrowableOfType(BrokerException.class, () -> fixture.create("orders", -1))
                        .reason())
                .isEqualTo(Reason.INVALID_FIELD);
        fixture.create("orders", 1);
        assertThat(catchThrowableOfType(
                                BrokerException.class,
                                () -> fixture.broker().topics().alter("orders", -1, TopicConfig.DEFAULTS))
                        .reason())
                .isEqualTo(Reason.INVALID_FIELD);
    }

    @Test
    void figuresCountWhatGoesThrough() {
        fixture.create("orders", 1);
        RecordingSubscriber subscriber = RecordingSubscriber.unlimited();
        fixture.join("g", "c", "orders", subscriber);
        fixture.publish("orders", "x");
        await().until(() -> subscriber.payloads().size() == 1);
        TopicFigures figures = fixture.broker()
                .status()
                .figures()
                .of(fixture.broker().topics().describe("orders").topic());
        assertThat(figures.publishedMessages()).isEqualTo(1);
        assertThat(figures.publishedBytes()).isPositive();
        await().untilAsserted(() -> assertThat(figures.deliveredMessages()).isEqualTo(1));
        await().untilAsserted(() -> assertThat(figures.publishedPerSecond()).isPositive());
    }
}
