package io.mq.bench.peers;

import io.mq.bench.option.WholeNumber;
import io.mq.bench.peers.broker.Peer;
import io.mq.bench.peers.kafka.KafkaPeer;
import io.mq.bench.peers.nats.NatsPeer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Settings of the peers' producers that take the place of what is advised for them, so that anyone can try better ones. */
final class Tuning {

    private static final String KAFKA_PRODUCER = "--kafka-producer";
    private static final String NATS_IN_FLIGHT = "--nats-in-flight";

    @Option(
            names = KAFKA_PRODUCER,
            paramLabel = "KEY=VALUE",
            description = "A setting of Kafka's producer, in all workloads that are run; may be given several times."
                    + " Default: what is advised, as printed before the results.")
    private Map<String, String> kafkaProducer = new LinkedHashMap<>();

    @Option(
            names = NATS_IN_FLIGHT,
            paramLabel = "N",
            converter = WholeNumber.FromOne.class,
            description = "How many messages NATS's producer has unacknowledged at the most, but in unary-publish."
                    + " Default: 4000.")
    private int natsInFlight = NatsPeer.IN_FLIGHT_MAX;

    /** @throws IllegalArgumentException naming a setting that a peer does not have, or whose value it does not take */
    void requireValid() {
        KafkaPeer.requireValid(kafkaProducer);
    }

    /** What mq is compared with, in the order of the columns. */
    List<Peer> peers() {
        return List.of(
                KafkaPeer.withDefaults(kafkaProducer), KafkaPeer.withFsync(kafkaProducer), new NatsPeer(natsInFlight));
    }

    /** The same as arguments of another process. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        kafkaProducer.forEach((key, value) -> {
            arguments.add(KAFKA_PRODUCER);
            arguments.add(key + "=" + value);
        });
        arguments.add(NATS_IN_FLIGHT);
        arguments.add(Integer.toString(natsInFlight));
        return arguments;
    }
}
