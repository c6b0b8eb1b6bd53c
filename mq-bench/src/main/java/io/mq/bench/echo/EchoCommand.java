package io.mq.bench.echo;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.mq.bench.compare.Comparison;
import io.mq.bench.compare.Comparison.Medians;
import io.mq.bench.compare.Comparison.Side;
import io.mq.bench.option.OutputMixin;
import io.mq.bench.option.WholeNumber;
import io.mq.bench.server.Channels;
import io.mq.bench.server.ServerMixin;
import io.mq.bench.server.ServerMixin.Target;
import io.mq.proto.CreateTopicRequest;
import io.mq.proto.MessageQueueServiceGrpc;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the commands of this package have in common: all but the calls they make. */
abstract class EchoCommand implements Callable<Integer> {

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
            description = "Messages sent and not answered. Default: 1024.")
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

    @Mixin
    private OutputMixin output;

    @Option(names = "--help", usageHelp = true, description = "Show this and exit.")
    private boolean isHelpWanted;

    private final String name;

    /** @param name of the workload in results */
    EchoCommand(String name) {
        this.name = name;
    }

    /** A loop that publishes this payload. */
    abstract ClosedLoop publish(Channel channel, String topic, ByteString payload, int messagesInFlight);

    /** A loop that has this payload echoed. */
    abstract ClosedLoop echo(Channel channel, ByteString payload, int messagesInFlight);

    @Override
    public final Integer call() throws Exception {
        try (Target target = server.open()) {
            ManagedChannel channel = Channels.connect(target.address());
            try {
                report(compare(channel), target.memoryFigures());
            } finally {
                channel.shutdownNow();
            }
        }
        return 0;
    }

    private Medians compare(Channel channel) throws IOException, InterruptedException {
        String topic = "bench-" + name;
        MessageQueueServiceGrpc.newBlockingStub(channel)
                .createTopic(CreateTopicRequest.newBuilder().setName(topic).build());
        ByteString payload = ByteString.copyFrom(new byte[bytes]);
        Duration duration = Duration.ofSeconds(seconds);
        return new Comparison(
                        new Side(
                                "publish",
                                () -> publish(channel, topic, payload, inFlight).run(duration)),
                        new Side("echo", () -> echo(channel, payload, inFlight).run(duration)),
                        output.progress(System.out))
                .run(rounds);
    }

    private void report(Medians medians, Map<String, Object> memory) {
        Map<String, Object> figures = new LinkedHashMap<>();
        // People have been told the medians after the rounds.
        if (!output.isForPeople()) {
            figures.put("workload", name);
            figures.put("bytes", (long) bytes);
            figures.put("in_flight", (long) inFlight);
            figures.put("publish_per_s", medians.measured());
            figures.put("echo_per_s", medians.reference());
            figures.put("ratio", medians.ratio());
        }
        figures.putAll(memory);
        output.print(figures, System.out);
    }
}
