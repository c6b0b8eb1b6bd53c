package io.mq.bench.peers.workload;

import io.mq.bench.peers.broker.BrokerClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** One way to load a broker. */
interface Load {

    /** The longest that anything is waited for: more than the stall of a slow disk, so it is a failure. */
    Duration PATIENCE = Duration.ofSeconds(120);

    Measure measure();

    /** @param topic there and empty */
    List<Double> run(BrokerClient client, String topic, Effort effort) throws IOException, InterruptedException;
}
