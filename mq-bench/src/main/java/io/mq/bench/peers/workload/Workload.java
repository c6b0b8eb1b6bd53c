package io.mq.bench.peers.workload;

import io.mq.bench.peers.broker.BrokerClient;
import io.mq.bench.peers.broker.PublishMode;
import io.mq.bench.peers.broker.Topology;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What is measured on each broker: one producer, one consumer, one topic of one partition. */
public enum Workload {
    PUBLISH_100B("publish-100B", new PublishLoad(PublishMode.BATCHED, 100)),
    PUBLISH_1KIB("publish-1KiB", new PublishLoad(PublishMode.BATCHED, 1024)),
    CONSUME_100B("consume-100B", new ConsumeLoad(100)),
    CONSUME_1KIB("consume-1KiB", new ConsumeLoad(1024)),
    UNARY_PUBLISH("unary-publish", new PublishLoad(PublishMode.SINGLE, 100)),
    E2E_1000("e2e-1000", new EndToEndLoad(1000, 100)),
    E2E_500("e2e-500", new EndToEndLoad(500, 100));

    private static final String WARM_UP = "warm-up";
    private static final int WARM_UP_BYTES = 100;

    private final String label;
    private final Load load;

    Workload(String label, Load load) {
        this.label = label;
        this.load = load;
    }

    /** The word for it in options and results. */
    public String label() {
        return label;
    }

    /** Those that are run where no others are asked for. */
    public static List<Workload> usual(Topology topology) {
        return topology.isCluster()
                ? List.of(PUBLISH_100B, PUBLISH_1KIB, E2E_500)
                : List.of(PUBLISH_100B, PUBLISH_1KIB, CONSUME_100B, CONSUME_1KIB, UNARY_PUBLISH, E2E_1000);
    }

    public static Optional<Workload> find(String label) {
        return Arrays.stream(values())
                .filter(workload -> workload.label.equals(label))
                .findFirst();
    }

    public Measure measure() {
        return load.measure();
    }

    /** Before the first workload: what no figure should contain. */
    public static void warmUp(BrokerClient client, Effort effort) throws IOException, InterruptedException {
        client.createTopic(WARM_UP);
        double unused = new PublishLoad(PublishMode.BATCHED, WARM_UP_BYTES)
                .rate(client, WARM_UP, effort.firstWarmUp(), Duration.ZERO);
    }

    /** Runs it on a broker that has not run it before; returns the figures that {@link #measure} names. */
    public List<Double> run(BrokerClient client, Effort effort) throws IOException, InterruptedException {
        client.createTopic(label);
        return load.run(client, label, effort);
    }

    @Override
    public String toString() {
        return label;
    }
}
