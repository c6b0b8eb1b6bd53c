package io.mq.bench.peers;

import io.mq.bench.peers.broker.BrokerClient;
import io.mq.bench.peers.broker.Peer;
import io.mq.bench.peers.workload.Effort;
import io.mq.bench.peers.workload.Workload;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What runs in the process with a broker's clients. It reports a line when a workload starts, {@code started
 * publish-100B}, and one with its figures at the end, {@code measured publish-100B 93150.2}.
 */
@Command(name = "peer-load")
final class PeerLoadCommand implements Callable<Integer> {

    static final String STARTED = "started";
    static final String MEASURED = "measured";

    @Option(names = "--broker", required = true)
    private String broker;

    @Option(names = "--addresses", required = true, split = ",")
    private List<String> addresses;

    @Option(names = "--only", required = true, split = ",", converter = PeersCommand.ToWorkload.class)
    private List<Workload> workloads;

    @Option(names = "--quick")
    private boolean isQuick;

    @Mixin
    private Tuning tuning;

    private PeerLoadCommand() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new PeerLoadCommand()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Peer peer = broker.equals(Peers.MQ.name())
                ? Peers.MQ
                : Peers.find(broker, tuning.peers()).orElseThrow();
        try (BrokerClient client = peer.connect(addresses)) {
            Effort effort = Effort.of(isQuick, addresses.size());
            Workload.warmUp(client, effort);
            for (Workload workload : workloads) {
                System.out.println(STARTED + " " + workload.label());
                List<Double> figures = workload.run(client, effort);
                System.out.println(MEASURED + " " + workload.label() + " "
                        + figures.stream().map(String::valueOf).collect(Collectors.joining(" ")));
            }
        }
        return 0;
    }
}
