package io.mq.ejb.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mq.batch.Record;
import io.mq.core.broker.Broker;
import io.mq.core.broker.BrokerConfig;
import io.mq.core.broker.BrokerPlatform;
import io.mq.core.broker.PublishRequest;
import io.mq.core.config.Configuration;
import io.mq.core.delivery.Delivery;
import io.mq.core.delivery.MessageSubscriber;
import io.mq.core.delivery.StartPosition;
import io.mq.core.delivery.SubscribeRequest;
import io.mq.core.delivery.Subscription;
import io.mq.core.error.BrokerException;
import io.mq.core.message.TopicConfig;
import io.mq.ejb.derby.DerbyCheckpointStore;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a scrape of a real broker shows, by the names of {@code docs/reference/metrics.md}. */
class BrokerMetricsTest {

    private static final Path PAGE = Path.of("..", "docs", "reference", "metrics.md");

    @TempDir
    private Path directory;

    private final BrokerMetrics metrics = new BrokerMetrics();
    private Broker broker;

    @BeforeEach
    void open() {
        Map<String, String> settings = Map.of(
                "mq.data-dir", directory.resolve("data").toString(),
                "mq.journal.file-bytes", "2MiB",
                "mq.limits.message-bytes-max", "512KiB",
                "mq.storage.free-bytes-min", "0",
                "mq.checkpoint.interval", "100ms");
        Configuration configuration =
                Configuration.read(settings.keySet(), key -> Optional.ofNullable(settings.get(key)));
        broker =
                Broker.open(BrokerConfig.from(configuration), BrokerPlatform.real(metrics), DerbyCheckpointStore::open);
        metrics.observe(broker);
    }

    @AfterEach
    void close() throws IOException {
        broker.close();
    }

    private String text() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.builder()
                    .build()
                    .write(out, metrics.registry().scrape());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Every series with its value, as Prometheus would read them. */
    private Map<String, Double> scrape() {
        Map<String, Double> series = new TreeMap<>();
        text().lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int space = line.lastIndexOf(' ');
            series.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
        });
        return series;
    }

    private void createTopic(String name, int partitions) {
        broker.topics().create(name, partitions, TopicConfig.DEFAULTS).join();
    }

    private void publish(String topic, String payload) {
        Record record =
                new Record(Optional.empty(), ByteBuffer.wrap(payload.getBytes(StandardCharsets.UTF_8)), List.of());
        broker.publisher()
                .publish(new PublishRequest(topic, OptionalInt.empty(), record, false, Optional.empty()))
                .join();
    }

    private Subscription subscribe(String topic, String group, AtomicInteger received) {
        return broker.subscribe(
                new SubscribeRequest(topic, group, "c", "", OptionalInt.empty(), StartPosition.EARLIEST),
                new MessageSubscriber() {
                    @Override
                    public boolean isReady() {
                        return true;
                    }

                    @Override
                    public void deliver(Delivery delivery) {
                        received.incrementAndGet();
                    }

                    @Override
                    public void end(BrokerException reason) {}
                });
    }

    @Test
    void everyNameIsDocumentedWithItsTypeAndEveryDocumentedNameIsThere() throws IOException {
        createTopic("orders", 1);
        broker.groups().commit("billing", "orders", 0, 0, "").join();
        Map<String, String> documented = new TreeMap<>();
        Matcher rows = Pattern.compile("\\| `(mq_\\w+)` \\| (\\w+) \\|").matcher(ofASingleNode(Files.readString(PAGE)));
        while (rows.find()) {
            // Prometheus' text format has no type for facts: they are gauges of 1.
            documented.put(rows.group(1), rows.group(2).replace("info", "gauge"));
        }

        Map<String, String> present = new TreeMap<>();
        Matcher types = Pattern.compile("# TYPE (mq_\\w+) (\\w+)").matcher(text());
        while (types.find()) {
            present.put(types.group(1), types.group(2));
        }

        assertThat(present).isNotEmpty().isEqualTo(documented);
    }

    private static String ofASingleNode(String page) {
        return page.substring(0, page.indexOf("## In a cluster"));
    }

    @Test
    void nodeIsNamedWithItsVersion() {
        assertThat(scrape())
                .containsEntry(
                        "mq_node_info{node=\"%s\",version=\"%s\"}"
                                .formatted(
                                        broker.status().nodeId(),
                                        broker.status().version()),
                        1.0);
    }

    @Test
    void virtualMachineAndProcessAreMeasured() {
        assertThat(scrape().keySet())
                .anyMatch(name -> name.startsWith("jvm_memory_used_bytes"))
                .anyMatch(name -> name.startsWith("process_cpu_seconds_total"));
    }

    @Test
    void topicShowsWhatIsInItAndWhatWentThroughIt() {
        createTopic("orders", 3);
        publish("orders", "a");
        publish("orders", "b");
        AtomicInteger received = new AtomicInteger();
        subscribe("orders", "", received);
        await().untilAsserted(() ->
                assertThat(scrape()).containsEntry("mq_topic_delivered_messages_total{topic=\"orders\"}", 2.0));

        Map<String, Double> series = scrape();

        assertThat(received).hasValue(2);
        assertThat(series)
                .containsEntry("mq_topic_partitions{topic=\"orders\"}", 3.0)
                .containsEntry("mq_topic_messages{topic=\"orders\"}", 2.0)
                .containsEntry("mq_topic_published_messages_total{topic=\"orders\"}", 2.0)
                .containsEntry("mq_subscriptions", 1.0)
                .containsEntry("mq_producers", 0.0);
        assertThat(series.get("mq_topic_bytes{topic=\"orders\"}"))
                .isPositive()
                .isEqualTo(series.get("mq_topic_published_bytes_total{topic=\"orders\"}"));
        assertThat(series.get("mq_topic_delivered_bytes_total{topic=\"orders\"}"))
                .isPositive();
    }

    @Test
    void publishesDeliveriesAndTheJournalAreMeasured() {
        createTopic("orders", 1);
        publish("orders", "a");
        publish("orders", "b");
        subscribe("orders", "", new AtomicInteger());
        await().untilAsserted(() ->
                assertThat(scrape().get("mq_delivery_seconds_count")).isPositive());

        Map<String, Double> series = scrape();

        assertThat(series)
                .containsEntry("mq_publish_seconds_count", 2.0)
                .containsEntry("mq_publish_seconds_bucket{le=\"+Inf\"}", 2.0)
                .containsEntry("mq_journal_commands_total", 3.0);
        assertThat(series.get("mq_publish_seconds_sum")).isPositive();
        assertThat(series.get("mq_journal_force_seconds_count")).isBetween(1.0, 3.0);
        assertThat(series.get("mq_journal_bytes_total")).isPositive();
    }

    @Test
    void largeBatchesAreCountedWhereTheyAreWritten() {
        createTopic("orders", 1);
        double before = scrape().get("mq_journal_bytes_total");
        publish("orders", "x".repeat(500_000));

        Map<String, Double> series = scrape();

        assertThat(series.get("mq_journal_placed_bytes_total")).isBetween(500_000.0, 501_000.0);
        assertThat(series.get("mq_journal_bytes_total") - before).isLessThan(1_000);
    }

    @Test
    void checkpointsAreMeasuredAndTakeTheReplayableJournalWithThem() {
        createTopic("orders", 1);
        publish("orders", "a");

        await().untilAsserted(() -> {
            Map<String, Double> series = scrape();
            assertThat(series.get("mq_checkpoint_seconds_count")).isPositive();
            assertThat(series).containsEntry("mq_journal_replayable_bytes", 0.0);
            assertThat(series.get("mq_checkpoint_age_seconds")).isLessThan(10);
        });
    }

    @Test
    void groupShowsItsLagAndItsMembers() {
        createTopic("orders", 1);
        createTopic("returns", 1);
        publish("orders", "a");
        publish("orders", "b");
        publish("orders", "c");
        broker.groups().commit("billing", "orders", 0, 1, "").join();
        broker.groups().commit("billing", "returns", 0, 0, "").join();
        subscribe("orders", "billing", new AtomicInteger());

        assertThat(scrape())
                .containsEntry("mq_group_lag_messages{group=\"billing\",topic=\"orders\"}", 2.0)
                .containsEntry("mq_group_lag_messages{group=\"billing\",topic=\"returns\"}", 0.0)
                .containsEntry("mq_group_members{group=\"billing\"}", 1.0);

        broker.groups().commit("billing", "orders", 0, 3, "").join();

        assertThat(scrape()).containsEntry("mq_group_lag_messages{group=\"billing\",topic=\"orders\"}", 0.0);
    }

    @Test
    void seriesOfADeletedTopicAndItsGroupsAreGone() {
        createTopic("orders", 1);
        createTopic("kept", 1);
        publish("orders", "a");
        broker.groups().commit("billing", "orders", 0, 1, "").join();
        assertThat(scrape().keySet()).anyMatch(name -> name.contains("orders"));

        broker.topics().delete("orders").join();

        assertThat(scrape().keySet())
                .noneMatch(name -> name.contains("orders"))
                .noneMatch(name -> name.contains("billing"))
                .anyMatch(name -> name.contains("kept"));
    }

    @Test
    void topicMadeAnewCountsFromZero() {
        createTopic("orders", 1);
        publish("orders", "a");
        broker.topics().delete("orders").join();

        createTopic("orders", 1);

        assertThat(scrape()).containsEntry("mq_topic_published_messages_total{topic=\"orders\"}", 0.0);
    }

    @Test
    void groupWithoutOffsetsIsGoneWithItsLastMember() {
        createTopic("orders", 1);
        Subscription subscription = subscribe("orders", "live", new AtomicInteger());
        assertThat(scrape()).containsEntry("mq_group_members{group=\"live\"}", 1.0);

        subscription.cancel();

        await().untilAsserted(() -> assertThat(scrape().keySet()).noneMatch(name -> name.contains("live\"")));
    }

    @Test
    void drainingBrokerIsNotReady() {
        assertThat(scrape()).containsEntry("mq_ready", 1.0);

        broker.drain();

        assertThat(scrape()).containsEntry("mq_ready", 0.0);
    }
}
