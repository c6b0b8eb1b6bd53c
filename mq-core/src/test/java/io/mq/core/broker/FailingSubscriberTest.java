package io.mq.core.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mq.core.checkpoint.InMemoryCheckpointStore;
import io.mq.core.config.Configuration;
import io.mq.core.delivery.Delivery;
import io.mq.core.delivery.MessageSubscriber;
import io.mq.core.delivery.StartPosition;
import io.mq.core.delivery.SubscribeRequest;
import io.mq.core.error.BrokerException;
import io.mq.core.message.TopicConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A subscriber that fails harms itself and nobody else. */
class FailingSubscriberTest {

    @TempDir
    private Path directory;

    private Broker broker;

    @BeforeEach
    void open() {
        Map<String, String> settings = Map.of(
                "mq.data-dir", directory.resolve("data").toString(),
                "mq.journal.file-bytes", "1MiB",
                "mq.limits.message-bytes-max", "64KiB",
                "mq.storage.free-bytes-min", "0");
        Configuration configuration =
                Configuration.read(settings.keySet(), key -> Optional.ofNullable(settings.get(key)));
        broker = Broker.open(
                BrokerConfig.from(configuration),
                BrokerPlatform.real(BrokerObserver.NONE),
                ignored -> new InMemoryCheckpointStore());
        broker.topics().create("t", 1, TopicConfig.DEFAULTS).join();
    }

    @AfterEach
    void close() throws Exception {
        broker.close();
    }

    private void publish(String payload) {
        broker.publisher()
                .publish(new PublishRequest(
                        "t", OptionalInt.empty(), EngineFixture.record(payload), false, Optional.empty()))
                .join();
    }

    private static SubscribeRequest member(String consumer) {
        return new SubscribeRequest("t", "g", consumer, "", OptionalInt.empty(), StartPosition.EARLIEST);
    }

    /** As an edge whose connection breaks in the middle of a message, so that its end cannot be told either. */
    private static final class Broken implements MessageSubscriber {

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void deliver(Delivery delivery) {
            throw new OutOfDirectMemory();
        }

        @Override
        public void end(BrokerException reason) {
            throw new IllegalStateException("call already closed");
        }
    }

    private static final class OutOfDirectMemory extends Error {}

    private static final class Sound implements MessageSubscriber {

        private final List<Long> offsets = new CopyOnWriteArrayList<>();

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void deliver(Delivery delivery) {
            offsets.add(delivery.offset());
        }

        @Override
        public void end(BrokerException reason) {}
    }

    @Test
    void memberThatCannotBeToldItsEndLeavesItsPartitionsToOthers() {
        broker.subscribe(member("broken"), new Broken());
        Sound sound = new Sound();
        broker.subscribe(member("sound"), sound);

        publish("x");

        await().untilAsserted(() -> assertThat(sound.offsets).containsExactly(0L));
        assertThat(broker.status().subscriptions()).isEqualTo(1);
        assertThat(broker.groups().describe("g").members()).hasSize(1);
    }

    @Test
    void brokerMayBeClosedTwice() throws Exception {
        broker.close();
        broker.close();

        assertThat(broker.status().health().isReady()).isFalse();
    }
}
