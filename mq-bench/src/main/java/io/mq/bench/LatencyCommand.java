package io.mq.bench;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.mq.bench.server.Channels;
import io.mq.bench.server.ServerMixin;
import io.mq.bench.server.ServerMixin.Target;
import io.mq.proto.CreateTopicRequest;
import io.mq.proto.Message;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.MessageQueueServiceGrpc.MessageQueueServiceStub;
import io.mq.proto.PublishRequest;
import io.mq.proto.PublishResponse;
import io.mq.proto.StartPosition;
import io.mq.proto.SubscribeRequest;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * From publishing to delivery at a fixed rate. Each message carries the moment at which it was due, not at which it was
 * sent, so a server that stalls is charged for all that it kept waiting.
 */
@Command(
        name = "latency",
        description = "From publishing to delivery at a fixed rate, one producer and one subscriber.",
        sortOptions = false)
final class LatencyCommand implements Callable<Integer> {

    private static final String TOPIC = "bench-latency";
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    @Mixin
    private ServerMixin server;

    @Option(names = "--rate", defaultValue = "1000", description = "Messages per second. Default: 1000.")
    private int rate;

    @Option(names = "--bytes", defaultValue = "100", description = "Payload, 8 at least. Default: 100.")
    private int bytes;

    @Option(names = "--seconds", defaultValue = "20", description = "Of the measurement. Default: 20.")
    private int seconds;

    @Option(names = "--warm-up", defaultValue = "20", description = "Seconds before it. Default: 20.")
    private int warmUpSeconds;

    @Option(names = "--json", description = "Print one line of JSON.")
    private boolean isJsonWanted;

    @Option(names = "--help", usageHelp = true, description = "Show this and exit.")
    private boolean isHelpWanted;

    private final Histogram acknowledged = new SynchronizedHistogram(3);
    private final Histogram delivered = new SynchronizedHistogram(3);
    private volatile boolean isMeasuring;
    private volatile Throwable failure;

    @Override
    public Integer call() throws Exception {
        try (Target target = server.open()) {
            ManagedChannel producer = Channels.connect(target.address());
            ManagedChannel consumer = Channels.connect(target.address());
            try {
                measure(producer, consumer);
            } finally {
                producer.shutdownNow();
                consumer.shutdownNow();
            }
        }
        report();
        return 0;
    }

    private void measure(ManagedChannel producer, ManagedChannel consumer) {
        MessageQueueServiceGrpc.newBlockingStub(producer)
                .createTopic(CreateTopicRequest.newBuilder().setName(TOPIC).build());
        MessageQueueServiceGrpc.newStub(consumer)
                .subscribe(
                        SubscribeRequest.newBuilder()
                                .setTopic(TOPIC)
                                .setStart(StartPosition.newBuilder().setLatest(true))
                                .build(),
                        new Delivered());
        MessageQueueServiceStub stub = MessageQueueServiceGrpc.newStub(producer);
        publish(stub, warmUpSeconds);
        isMeasuring = true;
        publish(stub, seconds);
        isMeasuring = false;
        if (failure != null) {
            throw new IllegalStateException("a call failed", failure);
        }
    }

    private void publish(MessageQueueServiceStub stub, int runSeconds) {
        long interval = NANOS_PER_SECOND / rate;
        long start = System.nanoTime();
        for (long i = 0; i < (long) rate * runSeconds && failure == null; i++) {
            long due = start + i * interval;
            for (long rest = due - System.nanoTime(); rest > 0; rest = due - System.nanoTime()) {
                LockSupport.parkNanos(rest);
            }
            stub.publish(message(due), new Acknowledged(due));
        }
    }

    private PublishRequest message(long due) {
        ByteBuffer payload = ByteBuffer.allocate(Math.max(bytes, Long.BYTES)).putLong(0, due);
        return PublishRequest.newBuilder()
                .setTopic(TOPIC)
                .setPayload(ByteString.copyFrom(payload))
                .build();
    }

    private void record(Histogram histogram, long due) {
        if (isMeasuring) {
            histogram.recordValue(System.nanoTime() - due);
        }
    }

    private void report() {
        if (isJsonWanted) {
            System.out.printf(
                    "{\"workload\": \"latency\", \"rate\": %d, \"bytes\": %d, \"ack_ms\": %s, \"delivery_ms\": %s}%n",
                    rate, bytes, json(acknowledged), json(delivered));
        } else {
            System.out.printf("%d messages/s of %d bytes, ms from the moment each was due%n", rate, bytes);
            System.out.println("                  p50      p99    p99.9      max");
            System.out.println("acknowledged" + row(acknowledged));
            System.out.println("delivered   " + row(delivered));
        }
    }

    private static String json(Histogram histogram) {
        return "{\"p50\": %.3f, \"p99\": %.3f, \"p999\": %.3f, \"max\": %.3f, \"count\": %d}"
                .formatted(
                        millis(histogram, 50),
                        millis(histogram, 99),
                        millis(histogram, 99.9),
                        histogram.getMaxValue() / 1e6,
                        histogram.getTotalCount());
    }

    private static String row(Histogram histogram) {
        return "%9.3f%9.3f%9.3f%9.3f"
                .formatted(
                        millis(histogram, 50),
                        millis(histogram, 99),
                        millis(histogram, 99.9),
                        histogram.getMaxValue() / 1e6);
    }

    private static double millis(Histogram histogram, double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1e6;
    }

    private final class Acknowledged implements StreamObserver<PublishResponse> {

        private final long due;

        Acknowledged(long due) {
            this.due = due;
        }

        @Override
        public void onNext(PublishResponse response) {
            record(acknowledged, due);
        }

        @Override
        public void onError(Throwable t) {
            failure = t;
        }

        @Override
        public void onCompleted() {}
    }

    private final class Delivered implements StreamObserver<Message> {

        @Override
        public void onNext(Message message) {
            record(delivered, message.getPayload().asReadOnlyByteBuffer().getLong(0));
        }

        @Override
        public void onError(Throwable t) {
            if (isMeasuring) {
                failure = t;
            }
        }

        @Override
        public void onCompleted() {}
    }
}
