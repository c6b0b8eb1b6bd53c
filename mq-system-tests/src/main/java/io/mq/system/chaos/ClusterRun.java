package io.mq.system.chaos;

import io.mq.system.cluster.Cluster;
import io.mq.system.cluster.Network;
import io.mq.system.cluster.Node;
import io.mq.system.cluster.StuckException;
import io.mq.system.process.ClassArchive;
import io.mq.system.process.ServerOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Rounds of a cluster's life under load: something breaks, is mended, and all that was promised is looked for. */
public final class ClusterRun {

    /** Of the serial producers, those by which gaps are measured; they keep to nodes to which nothing happens. */
    private static final int PROBES = 2;

    /** A call waits up to 2 s for a leader; an application that waits no longer than this sees what it can see. */
    private static final Duration PROBE_DEADLINE = Duration.ofSeconds(3);

    private static final Duration DEADLINE = Duration.ofSeconds(20);

    /** Before a fault: that much at least has to be acknowledged, and then time passes. */
    private static final int SETTLED_MESSAGES = 10;

    private static final int SETTLE_MILLIS_MIN = 300;
    private static final int SETTLE_MILLIS_MAX = 1500;

    /** Three starts at once take a minute, and twice as long where others use the machine as well. */
    private static final Duration READY_LIMIT = Duration.ofSeconds(240);

    /** From when all are ready to when everybody has an acknowledgement, and to when everything is in all files. */
    private static final Duration CATCH_UP_LIMIT = Duration.ofSeconds(60);

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);
    private static final long POLL_MILLIS = 50;

    /** A node that comes back finds what it missed in the log or, about as often, not any more. */
    private static final String CHECKPOINT_INTERVAL = "15s";

    /** A check of all that is kept is due after so many rounds, and at the end. */
    private static final int FULL_CHECK_ROUNDS = 50;

    /** What a node logs that must not be, whatever breaks around it. */
    private static final List<String> NEVER = List.of("Stored messages are damaged", "OutOfMemoryError");

    private final Path directory;
    private final int rounds;
    private final long seed;
    private final List<FaultKind> kinds;
    private final Network network;
    private final int nodes;
    private final int shards;
    private final PrintStream progress;
    private final Random random;
    private final Workload workload;
    private final Findings findings;
    private final Gaps gaps = new Gaps();

    private int done;
    private long residentMegabytesMax;

    /**
     * @param network closed at the end of the run
     * @param kinds what may happen; all must be possible with this network
     * @param progress where each round is told
     */
    public ClusterRun(
            Path directory,
            int nodes,
            int shards,
            Network network,
            int rounds,
            List<FaultKind> kinds,
            long seed,
            PrintStream progress) {
        this.directory = directory;
        this.nodes = nodes;
        this.shards = shards;
        this.network = network;
        this.rounds = rounds;
        this.kinds = kinds;
        this.seed = seed;
        this.progress = progress;
        this.random = new Random(seed);
        this.workload = Workload.ofACluster(seed);
        this.findings = new Findings(progress);
    }

    /** Runs all rounds, stops all nodes in good order, and compares what they have. */
    public ClusterReport run() throws IOException, InterruptedException {
        String stuck = "";
        try (Cluster cluster = launch()) {
            run(cluster);
        } catch (StuckException e) {
            stuck = e.getMessage();
        }
        return new ClusterReport(
                done,
                workload.acknowledged(),
                findings.lost(),
                workload.duplicated(),
                findings.reorderedCount(),
                findings.divergentCount(),
                gaps,
                stuck,
                residentMegabytesMax,
                seed);
    }

    private Cluster launch() throws IOException, InterruptedException {
        boolean hasDisks = kinds.contains(FaultKind.FULL_DISK);
        return Cluster.launch(options(), network, nodes, hasDisks, ClassArchive.isWorthIt(rounds));
    }

    /** Small files, so that new ones, and the deletion of old ones, are at work when something breaks. */
    private ServerOptions options() {
        return ServerOptions.in(directory)
                .with("mq.cluster.shards", Integer.toString(shards))
                .with("mq.checkpoint.interval", CHECKPOINT_INTERVAL)
                .with("mq.retention.interval", Workload.RETENTION_INTERVAL.toMillis() + "ms")
                .with("mq.storage.segment-bytes", "1MiB")
                .with("mq.limits.message-bytes-max", "1MiB")
                .with("mq.storage.free-bytes-min", "0");
    }

    private void run(Cluster cluster) throws IOException, InterruptedException, StuckException {
        cluster.awaitReady(READY_LIMIT);
        try (Connection connection = new Connection(any(cluster).grpcAddress())) {
            workload.create(connection);
        }
        FaultDice dice = new FaultDice(cluster, kinds, random);
        for (int round = 1; round <= rounds; round++) {
            live(cluster, dice, round);
            done = round;
        }
        end(cluster);
    }

    private void live(Cluster cluster, FaultDice dice, int round)
            throws IOException, InterruptedException, StuckException {
        Fault fault = dice.next();
        Instant struck;
        long gapMillis;
        try (RoamingClients clients = new RoamingClients()) {
            startClients(cluster, fault, clients);
            awaitAcknowledged(cluster, SETTLED_MESSAGES, "before the fault");
            TimeUnit.MILLISECONDS.sleep(random.nextInt(SETTLE_MILLIS_MIN, SETTLE_MILLIS_MAX));
            probes().forEach(probe -> probe.gaps().begin());
            struck = Instant.now().truncatedTo(ChronoUnit.MILLIS);
            fault.strike().run();
            TimeUnit.MILLISECONDS.sleep(fault.lasting().toMillis());
            fault.mend().run();
            cluster.awaitReady(READY_LIMIT);
            gapMillis = awaitEndOfGap(cluster, fault);
        }
        gaps.add(fault, gapMillis);
        check(cluster, any(cluster), round % FULL_CHECK_ROUNDS == 0);
        residentMegabytesMax = Math.max(residentMegabytesMax, cluster.residentMegabytesMax());
        progress.printf(
                "round %d: %s, %s: gap %,d ms, %,d acknowledged, %d lost, %d duplicated, %d reordered, %d MiB%n",
                round,
                struck,
                fault.describe(),
                gapMillis,
                workload.acknowledged(),
                findings.lost(),
                workload.duplicated(),
                findings.reorderedCount(),
                cluster.residentMegabytesMax());
    }

    private void startClients(Cluster cluster, Fault fault, RoamingClients clients) {
        List<String> all = addresses(cluster.nodes());
        List<Node> soundNodes = new ArrayList<>(cluster.nodes());
        soundNodes.removeAll(fault.victims());
        List<String> sound = soundNodes.isEmpty() ? all : addresses(soundNodes);
        workload.resume(all);
        int next = 0;
        for (Client client : workload.clients()) {
            boolean isProbe = probes().contains(client);
            List<String> addresses = new ArrayList<>(isProbe ? sound : all);
            Collections.rotate(addresses, next++);
            clients.start(client, addresses, isProbe ? PROBE_DEADLINE : DEADLINE);
        }
    }

    private List<SerialProducer> probes() {
        return workload.serialProducers().subList(0, PROBES);
    }

    private static List<String> addresses(List<Node> nodes) {
        return nodes.stream().map(Node::grpcAddress).toList();
    }

    private Node any(Cluster cluster) {
        return cluster.nodes().get(random.nextInt(cluster.nodes().size()));
    }

    /** @return the longest gap of all probes since the fault */
    private long awaitEndOfGap(Cluster cluster, Fault fault) throws InterruptedException, StuckException {
        List<Long> longest = new ArrayList<>();
        // What comes after the last acknowledgement so far belongs to the gap as well.
        List<Long> before =
                probes().stream().map(probe -> probe.gaps().acknowledged()).toList();
        await(
                cluster,
                () -> {
                    for (int i = 0; i < before.size(); i++) {
                        if (probes().get(i).gaps().acknowledged() == before.get(i)) {
                            return false;
                        }
                    }
                    return true;
                },
                "all nodes are ready after %s, but a producer at a sound node has no acknowledgement"
                        .formatted(fault.describe()));
        probes().forEach(probe -> longest.add(probe.gaps().longestMillis()));
        return Collections.max(longest);
    }

    private void awaitAcknowledged(Cluster cluster, int messages, String when)
            throws InterruptedException, StuckException {
        probes().forEach(probe -> probe.gaps().begin());
        await(
                cluster,
                () -> probes().stream().allMatch(probe -> probe.gaps().acknowledged() >= messages),
                "all nodes are ready %s, but a producer has no acknowledgements".formatted(when));
    }

    private static void await(Cluster cluster, BooleanSupplier condition, String otherwise)
            throws InterruptedException, StuckException {
        long end = System.nanoTime() + CATCH_UP_LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw cluster.stuck("%s after %s".formatted(otherwise, CATCH_UP_LIMIT));
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    /** Looks for all that was promised: by way of one node, and in the files of all. */
    private void check(Cluster cluster, Node node, boolean isFull)
            throws IOException, InterruptedException, StuckException {
        try (Connection connection = new Connection(node.grpcAddress())) {
            if (isFull) {
                workload.checkAll(connection, findings);
            } else {
                workload.check(connection, findings);
            }
        }
        awaitReplicas(cluster);
        checkLogs(cluster);
    }

    /** A node that is ready and does not follow would be missed only when others are lost. */
    private void awaitReplicas(Cluster cluster) throws IOException, InterruptedException, StuckException {
        List<Long> acknowledged = workload.acknowledgedEnds();
        long end = System.nanoTime() + CATCH_UP_LIMIT.toNanos();
        for (Node node : cluster.nodes()) {
            ReplicaFiles files = new ReplicaFiles(node.dataDirectory(), Workload.TOPIC);
            for (int partition = 0; partition < acknowledged.size(); partition++) {
                long found = files.end(partition);
                while (found < acknowledged.get(partition)) {
                    if (System.nanoTime() > end) {
                        throw cluster.stuck(
                                "%s is ready but does not follow: partition %d ends at %d in its files, %d was acknowledged"
                                        .formatted(node.id(), partition, found, acknowledged.get(partition)));
                    }
                    TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
                    found = files.end(partition);
                }
            }
        }
    }

    private void checkLogs(Cluster cluster) {
        for (Node node : cluster.nodes()) {
            String log = node.log();
            List<String> found = NEVER.stream().filter(log::contains).collect(Collectors.toList());
            if (!found.isEmpty()) {
                findings.lost(1, "%s has logged: %s; see its server.err".formatted(node.id(), found));
            }
        }
    }

    private void end(Cluster cluster) throws IOException, InterruptedException, StuckException {
        workload.end(findings);
        for (Node node : cluster.nodes()) {
            check(cluster, node, true);
        }
        for (Node node : cluster.nodes()) {
            int status = node.stop(STOP_TIMEOUT);
            if (status != 0) {
                progress.printf("%s ended with status %d when it was stopped; see its server.err%n", node.id(), status);
            }
        }
        Divergence.find(cluster.nodes(), workload.acknowledgedEnds(), findings);
    }
}
