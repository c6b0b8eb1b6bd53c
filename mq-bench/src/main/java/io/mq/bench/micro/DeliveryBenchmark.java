package io.mq.bench.micro;

import io.mq.batch.Compression;
import io.mq.bench.server.Directories;
import io.mq.core.broker.Broker;
import io.mq.core.broker.BrokerConfig;
import io.mq.core.broker.BrokerObserver;
import io.mq.core.broker.BrokerPlatform;
import io.mq.core.checkpoint.CheckpointStore;
import io.mq.core.config.Configuration;
import io.mq.core.delivery.Delivery;
import io.mq.core.delivery.MessageSubscriber;
import io.mq.core.delivery.PartitionSlice;
import io.mq.core.delivery.StartPosition;
import io.mq.core.delivery.SubscribeRequest;
import io.mq.core.delivery.Subscriber;
import io.mq.core.delivery.Subscription;
import io.mq.core.error.BrokerException;
import io.mq.core.message.TopicConfig;
import io.mq.core.state.StateDelta;
import io.mq.core.state.StateImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A subscription from its opening through all that is stored, to a subscriber that throws it away; per message. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(DeliveryBenchmark.BATCHES * Batches.MESSAGES)
public class DeliveryBenchmark {

    static final int BATCHES = 200;

    private static final int FRAME_BYTES = 1 << 20;
    private static final String TOPIC = "t";

    private Path directory;
    private Broker broker;

    @Setup
    public void fill() throws IOException {
        directory = Files.createTempDirectory("mq-micro");
        Map<String, String> settings =
                Map.of("mq.data-dir", directory.resolve("data").toString(), "mq.storage.free-bytes-min", "0");
        broker = Broker.open(
                BrokerConfig.from(Configuration.read(settings.keySet(), key -> Optional.ofNullable(settings.get(key)))),
                BrokerPlatform.real(BrokerObserver.NONE),
                path -> new NoStore());
        broker.topics().create(TOPIC, 1, TopicConfig.DEFAULTS).join();
        for (int i = 0; i < BATCHES; i++) {
            broker.batchPublisher()
                    .publish(TOPIC, OptionalInt.of(0), Batches.batch(Compression.NONE), Optional.empty())
                    .join();
        }
    }

    @TearDown
    public void close() throws IOException {
        broker.close();
        Directories.delete(directory);
    }

    @Benchmark
    public void batches() throws InterruptedException {
        deliver(new TakingBatches());
    }

    @Benchmark
    public void messages() throws InterruptedException {
        deliver(new TakingMessages());
    }

    private void deliver(Taking subscriber) throws InterruptedException {
        Subscription subscription = broker.subscribe(
                new SubscribeRequest(TOPIC, "", "", "", OptionalInt.empty(), StartPosition.EARLIEST), subscriber);
        subscriber.done().await();
        subscription.cancel();
    }

    private interface Taking extends Subscriber {
        CountDownLatch done();
    }

    private static final class TakingBatches implements Taking {

        private final CountDownLatch done = new CountDownLatch(1);

        @Override
        public CountDownLatch done() {
            return done;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public int readBytesMax() {
            return FRAME_BYTES;
        }

        @Override
        public boolean keepsBytes() {
            return false;
        }

        @Override
        public PartitionSlice.Taken take(PartitionSlice slice) {
            PartitionSlice.Taken taken = slice.whole();
            if (taken.nextOffset() == BATCHES * Batches.MESSAGES) {
                done.countDown();
            }
            return taken;
        }

        @Override
        public void end(BrokerException reason) {
            done.countDown();
        }
    }

    private static final class TakingMessages implements Taking, MessageSubscriber {

        private final CountDownLatch done = new CountDownLatch(1);

        @Override
        public CountDownLatch done() {
            return done;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void deliver(Delivery delivery) {
            if (delivery.offset() == BATCHES * Batches.MESSAGES - 1) {
                done.countDown();
            }
        }

        @Override
        public void end(BrokerException reason) {
            done.countDown();
        }
    }

    /** Nothing is to be found after a restart. */
    private static final class NoStore implements CheckpointStore {

        @Override
        public StateImage load() {
            return StateImage.EMPTY;
        }

        @Override
        public void save(StateDelta delta) {}

        @Override
        public void close() {}
    }
}
