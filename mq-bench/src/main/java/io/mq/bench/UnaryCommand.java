package io.mq.bench;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.mq.bench.option.WholeNumber;
import io.mq.bench.server.Channels;
import io.mq.bench.server.ServerMixin;
import io.mq.bench.server.ServerMixin.Target;
import io.mq.proto.AdminServiceGrpc;
import io.mq.proto.CreateTopicRequest;
import io.mq.proto.MessageQueueServiceGrpc;
import io.mq.proto.PingRequest;
import io.mq.proto.PublishRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One message per unary call, many in flight: Publish beside an echo of the same size, which is the limit. */
@Command(
        name = "unary",
        description = "One message per call, fsync before the answer, beside an echo of the same size (Ping).",
        sortOptions = false)
final class UnaryCommand implements Callable<Integer> {

    @Mixin
    private ServerMixin server;

    @Option(
            names = "--bytes",
            converter = WholeNumber.FromOne.class,
            defaultValue = "100",
            description = "Payload. Default: 100.")
    private int bytes;

    @Option(
            names = "--in-flight",
            converter = WholeNumber.FromOne.class,
            defaultValue = "1024",
            description = "Calls in flight. Default: 1024.")
    private int inFlight;

    @Option(
            names = "--seconds",
            converter = WholeNumber.FromOne.class,
            defaultValue = "5",
            description = "Of each measurement. Default: 5.")
    private int seconds;

    @Option(
            names = "--rounds",
            converter = WholeNumber.FromOne.class,
            defaultValue = "5",
            description = "Of both in turn, after one to warm up. Default: 5.")
    private int rounds;

    @Option(names = "--json", description = "Print one line of JSON.")
    private boolean isJsonWanted;

    @Option(names = "--help", usageHelp = true, description = "Show this and exit.")
    private boolean isHelpWanted;

    @Override
    public Integer call() throws Exception {
        try (Target target = server.open()) {
            ManagedChannel channel = Channels.connect(target.address());
            try {
                measure(channel);
            } finally {
                channel.shutdownNow();
            }
        }
        return 0;
    }

    private void measure(ManagedChannel channel) throws IOException {
        String topic = "bench-unary";
        MessageQueueServiceGrpc.newBlockingStub(channel)
                .createTopic(CreateTopicRequest.newBuilder().setName(topic).build());
        ByteString payload = ByteString.copyFrom(new byte[bytes]);
        PublishRequest publish =
                PublishRequest.newBuilder().setTopic(topic).setPayload(payload).build();
        PingRequest ping = PingRequest.newBuilder().setPayload(payload).build();
        Consumer<StreamObserver<Object>> publisher = answer -> ClientCalls.asyncUnaryCall(
                channel.newCall(MessageQueueServiceGrpc.getPublishMethod(), CallOptions.DEFAULT),
                publish,
                cast(answer));
        Consumer<StreamObserver<Object>> pinger = answer -> ClientCalls.asyncUnaryCall(
                channel.newCall(AdminServiceGrpc.getPingMethod(), CallOptions.DEFAULT), ping, cast(answer));

        List<Double> publishes = new ArrayList<>();
        List<Double> pings = new ArrayList<>();
        for (int round = 0; round <= rounds; round++) {
            double echoRate = rate(pinger);
            double publishRate = rate(publisher);
            if (!isJsonWanted) {
                System.out.printf(
                        "%-8s publish %,9.0f/s   echo %,9.0f/s   ratio %.2f%n",
                        round == 0 ? "warm-up" : "round " + round, publishRate, echoRate, publishRate / echoRate);
            }
            if (round > 0) {
                publishes.add(publishRate);
                pings.add(echoRate);
            }
        }
        report(median(publishes), median(pings));
    }

    @SuppressWarnings("unchecked") // The answer is only counted.
    private static <T> StreamObserver<T> cast(StreamObserver<Object> answer) {
        return (StreamObserver<T>) (StreamObserver<?>) answer;
    }

    private double rate(Consumer<StreamObserver<Object>> call) throws IOException {
        return new ClosedLoop(inFlight, call).run(Duration.ofSeconds(seconds));
    }

    private void report(double publishRate, double echoRate) {
        if (isJsonWanted) {
            System.out.printf(
                    "{\"workload\": \"unary\", \"bytes\": %d, \"in_flight\": %d, \"publish_per_s\": %.0f, \"echo_per_s\": %.0f, \"ratio\": %.3f}%n",
                    bytes, inFlight, publishRate, echoRate, publishRate / echoRate);
        } else {
            System.out.printf(
                    "median   publish %,9.0f/s   echo %,9.0f/s   ratio %.2f%n",
                    publishRate, echoRate, publishRate / echoRate);
        }
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
