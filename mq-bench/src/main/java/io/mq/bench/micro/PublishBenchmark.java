package io.mq.bench.micro;

import io.mq.batch.BatchParser;
import io.mq.batch.Compression;
import io.mq.batch.ProtoInput;
import io.mq.core.broker.Broker;
import io.mq.core.broker.PublishRequest;
import io.mq.core.broker.Published;
import io.mq.core.message.TopicConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * From the bytes that a client has sent to its acknowledgement: parsed, checked, journaled, forced and in the log of the
 * real broker; per message. What is published together shares a force or a few.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PublishBenchmark {

    /** Together more than the 256 KiB from which the journal refers to batches instead of holding them. */
    static final int PLACED = 8;

    private TemporaryBroker temporary;
    private Broker broker;
    private byte[] message;
    private PublishRequest request;

    /** One for each iteration: what all of them store would not fit on a small disk. */
    private String topic;

    private int iterations;

    @Setup
    public void open() throws IOException {
        temporary = TemporaryBroker.open();
        broker = temporary.broker();
        message = Batches.message(Compression.NONE);
    }

    @Setup(Level.Iteration)
    public void createTopic() {
        topic = "t-" + iterations++;
        broker.topics().create(topic, 1, TopicConfig.DEFAULTS).join();
        request = new PublishRequest(topic, OptionalInt.of(0), Batches.record(0), false, Optional.empty());
    }

    @TearDown(Level.Iteration)
    public void deleteTopic() {
        broker.topics().delete(topic).join();
    }

    @TearDown
    public void close() throws IOException {
        temporary.close();
    }

    /** A batch that the journal holds whole. */
    @Benchmark
    @OperationsPerInvocation(Batches.MESSAGES)
    public void batch() {
        publishAll(1, this::publishBatch);
    }

    /** Batches that are forced where they stay, with a reference in the journal. */
    @Benchmark
    @OperationsPerInvocation(PLACED * Batches.MESSAGES)
    public void batchesPlaced() {
        publishAll(PLACED, this::publishBatch);
    }

    /** As many calls in flight as there are messages in a batch, each with a message. */
    @Benchmark
    @OperationsPerInvocation(Batches.MESSAGES)
    public void messages() {
        publishAll(Batches.MESSAGES, number -> broker.publisher().publish(request));
    }

    /** Messages in the topic. */
    long stored() {
        return broker.topics().describe(topic).messages();
    }

    private static void publishAll(int count, IntFunction<CompletableFuture<Published>> publish) {
        CompletableFuture<?>[] all = new CompletableFuture<?>[count];
        for (int i = 0; i < count; i++) {
            all[i] = publish.apply(i);
        }
        CompletableFuture.allOf(all).join();
    }

    /** A broker stamps what it is given, so each batch is parsed anew, as a server does. */
    private CompletableFuture<Published> publishBatch(int number) {
        try {
            return broker.batchPublisher()
                    .publish(
                            topic,
                            OptionalInt.of(0),
                            BatchParser.parse(new ProtoInput(new ByteArrayInputStream(message), message.length)),
                            Optional.empty());
        } catch (IOException e) {
            throw new AssertionError("bytes in memory cannot fail to be read", e);
        }
    }
}
