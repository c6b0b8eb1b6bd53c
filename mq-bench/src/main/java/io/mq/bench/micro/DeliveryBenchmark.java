package io.mq.bench.micro;

import io.mq.batch.Compression;
import io.mq.core.broker.Broker;
import io.mq.core.delivery.Delivery;
import io.mq.core.delivery.MessageSubscriber;
import io.mq.core.delivery.PartitionSlice;
import io.mq.core.delivery.StartPosition;
import io.mq.core.delivery.SubscribeRequest;
import io.mq.core.delivery.Subscriber;
import io.mq.core.delivery.Subscription;
import io.mq.core.error.BrokerException;
import io.mq.core.message.TopicConfig;
import java.io.IOException;
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

    private TemporaryBroker temporary;
    private Broker broker;

    @Setup
    public void fill() throws IOException {
        temporary = TemporaryBroker.open();
        broker = temporary.broker();
        broker.topics().create(TOPIC, 1, TopicConfig.DEFAULTS).join();
        for (int i = 0; i < BATCHES; i++) {
            broker.batchPublisher()
                    .publish(TOPIC, OptionalInt.of(0), Batches.batch(Compression.NONE), Optional.empty())
                    .join();
        }
    }

    @TearDown
    public void close() throws IOException {
        temporary.close();
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
}
