package io.mq.core.broker;

import io.mq.batch.Record;
import io.mq.batch.Records;
import io.mq.core.checkpoint.InMemoryCheckpointStore;
import io.mq.core.cluster.Leadership;
import io.mq.core.config.Configuration;
import io.mq.core.delivery.StartPosition;
import io.mq.core.delivery.SubscribeRequest;
import io.mq.core.delivery.Subscriber;
import io.mq.core.delivery.Subscription;
import io.mq.core.file.Disk;
import io.mq.core.file.NioDisk;
import io.mq.core.message.TopicConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** A whole broker on a real directory, with small files and quick upkeep, that can be stopped and started again. */
final class BrokerFixture implements AutoCloseable {

    private final Path root;
    private final Disk disk;
    private final Map<String, String> settings = new HashMap<>();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final AtomicLong starts = new AtomicLong();
    private BrokerObserver observer = BrokerObserver.NONE;
    private Leadership leadership = Leadership.ALONE;
    private InMemoryCheckpointStore store = new InMemoryCheckpointStore();
    private Broker broker;

    BrokerFixture(Path root) {
        this(root, new NioDisk());
    }

    BrokerFixture(Path root, Disk disk) {
        this.root = root;
        this.disk = disk;
        set("mq.data-dir", root.toString());
        set("mq.journal.file-bytes", "1MiB");
        set("mq.limits.message-bytes-max", "256KiB");
        set("mq.storage.segment-bytes", "64KiB");
        set("mq.storage.free-bytes-min", "0");
    }

    /** Changes a setting, for the next start. */
    BrokerFixture set(String key, String value) {
        settings.put(key, value);
        return this;
    }

    /** Says who leads, from the next start on. */
    BrokerFixture ledBy(Leadership newLeadership) {
        leadership = newLeadership;
        return this;
    }

    /** Says who is told of what the broker does, from the next start on. */
    BrokerFixture observedBy(BrokerObserver newObserver) {
        observer = newObserver;
        return this;
    }

    BrokerConfig config() {
        return BrokerConfig.from(Configuration.read(settings.keySet(), key -> Optional.ofNullable(settings.get(key))));
    }

    Broker start() {
        store = new InMemoryCheckpointStore(store.load());
        broker = Broker.open(
                config(),
                new BrokerPlatform(
                        disk,
                        now::get,
                        System::nanoTime,
                        new Random(starts.incrementAndGet()),
                        () -> "test-node",
                        observer,
                        leadership),
                directory -> store);
        return broker;
    }

    Broker broker() {
        return broker;
    }

    InMemoryCheckpointStore store() {
        return store;
    }

    Path root() {
        return root;
    }

    void passTime(Duration time) {
        now.updateAndGet(instant -> instant.plus(time));
    }

    void create(String topic, int partitions) {
        broker.topics().create(topic, partitions, TopicConfig.DEFAULTS).join();
    }

    static PublishRequest request(String topic, Record record) {
        return new PublishRequest(topic, OptionalInt.empty(), record, false, Optional.of(Durability.FSYNCED));
    }

    Published publish(String topic, String payload) {
        return broker.publisher()
                .publish(request(topic, Records.record(payload)))
                .join();
    }

    Published publish(String topic, int partition, String payload) {
        return broker.publisher()
                .publish(new PublishRequest(
                        topic,
                        OptionalInt.of(partition),
                        Records.record(payload),
                        false,
                        Optional.of(Durability.FSYNCED)))
                .join();
    }

    List<String> fetch(String topic, int partition, long offset) {
        return payloads(broker.reader()
                .fetch(topic, partition, offset, 10_000, 100 << 20, Duration.ZERO)
                .join());
    }

    static List<String> payloads(Fetched fetched) {
        return fetched.messages().stream()
                .map(message -> StandardCharsets.UTF_8
                        .decode(message.record().payload())
                        .toString())
                .toList();
    }

    Subscription join(String group, String consumerId, String topic, Subscriber subscriber) {
        return broker.subscribe(
                new SubscribeRequest(topic, group, consumerId, "test", OptionalInt.empty(), StartPosition.EARLIEST),
                subscriber);
    }

    /** Closes in good order and starts again. */
    Broker restart() throws IOException {
        broker.close();
        return start();
    }

    @Override
    public void close() throws IOException {
        if (broker != null) {
            broker.close();
        }
    }
}
