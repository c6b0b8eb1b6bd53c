package io.mq.ejb.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mq.batch.Record;
import io.mq.batch.RecordBatch;
import io.mq.core.broker.BatchPublisher.Start;
import io.mq.core.broker.Broker;
import io.mq.core.broker.Fetched;
import io.mq.core.broker.ProducerOpening;
import io.mq.core.broker.PublishRequest;
import io.mq.core.broker.Published;
import io.mq.core.broker.SeekRequest;
import io.mq.core.broker.TopicDescription;
import io.mq.core.cluster.ClusterDescription.Shard;
import io.mq.core.delivery.StartPosition;
import io.mq.core.error.BrokerException;
import io.mq.core.error.Reason;
import io.mq.core.message.TopicConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three whole brokers that spread what they hold over three shards. */
class ShardsTest {

    private static final Duration SOON = LocalCluster.SOON;
    private static final int PARTITIONS = 6;
    private static final List<String> NODES = List.of("n1", "n2", "n3");

    @TempDir
    private static Path directory;

    private static LocalCluster cluster;

    @BeforeAll
    static void startNodes() {
        cluster = LocalCluster.withShards(3, "n1", "n2", "n3");
        NODES.forEach(ShardsTest::start);
    }

    @BeforeEach
    void awaitASpread() {
        await().atMost(SOON).until(() -> leaders().size() == 3);
    }

    @AfterAll
    static void stopNodes() throws IOException {
        cluster.close();
    }

    private static void start(String nodeId) {
        cluster.start(nodeId, directory.resolve(nodeId));
    }

    private static Broker broker(String nodeId) {
        return cluster.node(nodeId).broker();
    }

    /** The nodes that lead something. */
    private static Set<String> leaders() {
        return cluster.describe().shards().stream()
                .flatMap(shard -> shard.leader().stream())
                .collect(Collectors.toSet());
    }

    private static String leaderOf(int shard) {
        List<Shard> shards = cluster.describe().shards();
        return shards.get(shard).leader().orElseThrow();
    }

    private static void create(String nodeId, String topic) {
        await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> broker(nodeId)
                                .topics()
                                .create(topic, PARTITIONS, TopicConfig.DEFAULTS)
                                .join()
                        != null);
    }

    private static Record record(String text) {
        return new Record(Optional.empty(), ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), List.of());
    }

    private static CompletableFuture<Published> publish(String nodeId, String topic, int partition, String text) {
        return broker(nodeId)
                .publisher()
                .publish(new PublishRequest(topic, OptionalInt.of(partition), record(text), false, Optional.empty()));
    }

    private static List<String> payloads(String nodeId, String topic, int partition) {
        Fetched fetched = broker(nodeId)
                .reader()
                .fetch(topic, partition, 0, 1000, 1 << 20, Duration.ZERO)
                .join();
        return fetched.messages().stream()
                .map(message -> StandardCharsets.UTF_8
                        .decode(message.record().payload().duplicate())
                        .toString())
                .toList();
    }

    @Test
    void everyNodeTakesMessagesForEveryPartitionAndReadsWhatAnyWasTold() {
        create("n1", "orders");
        for (String nodeId : NODES) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                assertThat(publish(nodeId, "orders", partition, nodeId)).succeedsWithin(SOON);
            }
        }
        for (String nodeId : NODES) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                assertThat(payloads(nodeId, "orders", partition)).containsExactlyElementsOf(NODES);
            }
        }
        assertThat(leaders()).containsExactlyInAnyOrderElementsOf(NODES);
    }

    @Test
    void whatOneNodeSendsStaysInOrder() {
        create("n2", "lines");
        // As every stream does first.
        broker("n1").batchPublisher().start(ProducerOpening.of("lines", 0)).join();
        List<CompletableFuture<Published>> sent = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            texts.add("message " + i);
            for (int partition = 0; partition < 3; partition++) {
                sent.add(publish("n1", "lines", partition, "message " + i));
            }
        }
        sent.forEach(each -> assertThat(each).succeedsWithin(SOON));
        for (int partition = 0; partition < 3; partition++) {
            assertThat(payloads("n3", "lines", partition)).containsExactlyElementsOf(texts);
        }
    }

    @Test
    void topicsAreKnownEverywhereOnceOneNodeSaysSo() {
        for (int i = 0; i < 20; i++) {
            String topic = "topic-" + i;
            create(NODES.get(i % 3), topic);
            assertThat(publish(NODES.get((i + 1) % 3), topic, i % PARTITIONS, "x"))
                    .succeedsWithin(SOON);
        }
        assertThat(broker("n3").topics().alter("topic-0", 9, TopicConfig.DEFAULTS))
                .succeedsWithin(SOON);
        assertThat(broker("n1").caughtUp()).succeedsWithin(SOON);
        TopicDescription altered = broker("n1").topics().describe("topic-0");
        assertThat(altered.partitions()).hasSize(9);
        assertThat(publish("n1", "topic-0", 8, "x")).succeedsWithin(SOON);
        assertThat(broker("n2").topics().delete("topic-0")).succeedsWithin(SOON);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(NODES)
                        .allSatisfy(nodeId -> assertThat(directory
                                        .resolve(nodeId)
                                        .resolve("shards/1/topics")
                                        .toFile()
                                        .list((parent, name) -> name.startsWith("topic-0-")))
                                .isEmpty()));
    }

    @Test
    void producersWithANumberHaveOneLifeInAllShards() {
        create("n1", "numbered");
        Start first = broker("n1")
                .batchPublisher()
                .start(ProducerOpening.of("numbered", 7))
                .join();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(publishNumbered("n2", partition, first.producer().epoch(), 0)
                            .join()
                            .isDuplicate())
                    .isFalse();
            assertThat(publishNumbered("n3", partition, first.producer().epoch(), 0)
                            .join()
                            .isDuplicate())
                    .isTrue();
        }
        Start second = broker("n3")
                .batchPublisher()
                .start(ProducerOpening.of("numbered", 7))
                .join();
        assertThat(second.producer().epoch()).isGreaterThan(first.producer().epoch());
        assertThat(second.producer().nextSequences())
                .hasSize(PARTITIONS)
                .allSatisfy((partition, next) -> assertThat(next).isEqualTo(1));
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(publishNumbered("n1", partition, first.producer().epoch(), 1))
                    .failsWithin(SOON)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOfSatisfying(
                            BrokerException.class,
                            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.PRODUCER_FENCED));
        }
    }

    private static CompletableFuture<Published> publishNumbered(String nodeId, int partition, int epoch, int sequence) {
        RecordBatch batch = RecordBatch.of(List.of(record("numbered")));
        batch.stampProducer(7, epoch, sequence);
        return broker(nodeId).batchPublisher().publish("numbered", OptionalInt.of(partition), batch, Optional.empty());
    }

    @Test
    void groupsMoveAndCommitInAllShards() {
        create("n1", "grouped");
        String home = leaderOf(0);
        // Whoever creates a topic at a server is passed on to this node, so it is the one that knows; here it was not.
        assertThat(broker(home).caughtUp()).succeedsWithin(SOON);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            publish("n1", "grouped", partition, "one").join();
            assertThat(broker(home).groups().commit("g", "grouped", partition, 1, ""))
                    .succeedsWithin(SOON);
        }
        assertThat(broker(home).groups().describe("g").partitions())
                .hasSize(PARTITIONS)
                .allSatisfy(each -> assertThat(each.committed()).hasValue(1));
        assertThat(broker(home)
                        .groups()
                        .seek(new SeekRequest("g", "grouped", OptionalInt.empty(), StartPosition.EARLIEST, false)))
                .succeedsWithin(SOON)
                .satisfies(sought -> assertThat(sought).hasSize(PARTITIONS));
        assertThat(broker(home).groups().delete("g")).succeedsWithin(SOON).isEqualTo(true);
    }

    @Test
    void othersTakeOverWhatAStoppedNodeHasLedAndItComesBackForItsShare() throws IOException {
        create("n1", "taken-over");
        cluster.stop("n2");
        await().atMost(SOON)
                .until(() -> leaders().stream().noneMatch("n2"::equals)
                        && cluster.describe().shards().stream()
                                .allMatch(shard -> shard.leader().isPresent()));
        for (int partition = 0; partition < PARTITIONS; partition++) {
            int to = partition;
            await().atMost(SOON)
                    .ignoreExceptions()
                    .until(() -> publish("n3", "taken-over", to, "without n2").join() != null);
        }
        start("n2");
        await().atMost(SOON).until(() -> leaders().size() == 3);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(publish("n2", "taken-over", partition, "with n2")).succeedsWithin(SOON);
            assertThat(payloads("n2", "taken-over", partition))
                    .endsWith("with n2")
                    .contains("without n2");
        }
    }
}
