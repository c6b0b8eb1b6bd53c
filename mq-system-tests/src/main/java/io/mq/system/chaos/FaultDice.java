package io.mq.system.chaos;

import io.mq.system.cluster.Cluster;
import io.mq.system.cluster.Network;
import io.mq.system.cluster.Node;
import io.mq.system.cluster.StuckException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Draws what happens next, and to whom. */
final class FaultDice {

    /** Longer than an election, and than the second wait of a node that has hung. */
    private static final Duration PAUSE = Duration.ofSeconds(6);

    /** Until a killed node is started again; it misses that much and the time of its start. */
    private static final int DOWN_MILLIS_MAX = 4000;

    /** Shorter and longer than the 4 s after which nodes take a silent one for gone. */
    private static final int CUT_MILLIS_MIN = 1500;

    private static final int CUT_MILLIS_MAX = 9000;

    /** Closing takes a checkpoint. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);

    private final Cluster cluster;
    private final Network network;
    private final List<FaultKind> kinds;
    private final Random random;

    /** What is left to be drawn before all kinds begin anew, so that each comes as often as any other. */
    private final List<FaultKind> left = new ArrayList<>();

    FaultDice(Cluster cluster, List<FaultKind> kinds, Random random) {
        this.cluster = cluster;
        this.network = cluster.network();
        this.kinds = kinds;
        this.random = random;
    }

    Fault next() {
        if (left.isEmpty()) {
            left.addAll(kinds);
            Collections.shuffle(left, random);
        }
        FaultKind kind = left.remove(left.size() - 1);
        Optional<Node> leader = cluster.leader();
        return switch (kind) {
            case KILL -> kill(kind, any(), leader);
            case KILL_LEADER -> kill(kind, leader.orElseGet(this::any), leader);
            case KILL_COORDINATOR -> kill(kind, cluster.coordinator().orElseGet(this::any), leader);
            case KILL_ALL -> killAll();
            case PAUSE -> pause(leaderOrAny(leader), leader);
            case STOP -> stop(leaderOrAny(leader), leader);
            case LOSE_DATA -> loseData(any(), leader);
            case FULL_DISK -> fullDisk(leaderOrAny(leader), leader);
            case CUT -> cut(leaderOrAny(leader), leader);
            case CUT_ONE_WAY -> cutOneWay(leaderOrAny(leader), leader);
            case CUT_PAIR -> cutPair(leaderOrAny(leader), leader);
            case SLOW -> slow(leaderOrAny(leader), leader);
        };
    }

    private Fault kill(FaultKind kind, Node victim, Optional<Node> leader) {
        return fault(kind, List.of(victim), leader, victim::kill, downMillis(), () -> cluster.start(victim));
    }

    private Fault killAll() {
        return new Fault(
                FaultKind.KILL_ALL,
                cluster.nodes(),
                "all",
                () -> cluster.nodes().forEach(Node::kill),
                Duration.ofMillis(downMillis()),
                () -> {
                    for (Node node : cluster.nodes()) {
                        cluster.start(node);
                    }
                });
    }

    private Fault pause(Node victim, Optional<Node> leader) {
        return fault(FaultKind.PAUSE, List.of(victim), leader, victim::pause, (int) PAUSE.toMillis(), victim::resume);
    }

    private Fault stop(Node victim, Optional<Node> leader) {
        return fault(
                FaultKind.STOP, List.of(victim), leader, () -> stop(victim), downMillis(), () -> cluster.start(victim));
    }

    /** It may end the hard way where its time is up: that is a fault like others. */
    private static void stop(Node victim) throws StuckException, InterruptedException {
        var unused = victim.stop(STOP_TIMEOUT);
    }

    private Fault loseData(Node victim, Optional<Node> leader) {
        return fault(
                FaultKind.LOSE_DATA,
                List.of(victim),
                leader,
                () -> {
                    victim.kill();
                    victim.loseData();
                },
                downMillis(),
                () -> cluster.start(victim));
    }

    /**
     * What an operator does who has made room: a node whose log has failed does not come back by itself, and may not know
     * any more what it has voted.
     */
    private Fault fullDisk(Node victim, Optional<Node> leader) {
        return fault(
                FaultKind.FULL_DISK,
                List.of(victim),
                leader,
                () -> victim.disk().fill(),
                cutMillis(),
                () -> {
                    victim.kill();
                    victim.loseData();
                    cluster.start(victim);
                });
    }

    private Fault cut(Node victim, Optional<Node> leader) {
        return fault(
                FaultKind.CUT,
                List.of(victim),
                leader,
                () -> network.isolate(victim.number()),
                cutMillis(),
                network::mend);
    }

    private Fault cutOneWay(Node victim, Optional<Node> leader) {
        List<Node> others = others(victim);
        List<Node> unreached = random.nextBoolean() ? others : others.subList(0, 1);
        List<Node> victims = new ArrayList<>(List.of(victim));
        if (unreached.size() < others.size()) {
            // The victim may go on to lead, and who is at the one that does not hear it, is cut off from the leader.
            victims.addAll(unreached);
        }
        return fault(
                FaultKind.CUT_ONE_WAY,
                victims,
                leader,
                () -> {
                    for (Node other : unreached) {
                        network.drop(victim.number(), other.number());
                    }
                },
                cutMillis(),
                network::mend);
    }

    private Fault cutPair(Node victim, Optional<Node> leader) {
        Node other = others(victim).get(0);
        return fault(
                FaultKind.CUT_PAIR,
                List.of(victim, other),
                leader,
                () -> {
                    network.drop(victim.number(), other.number());
                    network.drop(other.number(), victim.number());
                },
                cutMillis(),
                network::mend);
    }

    private Fault slow(Node victim, Optional<Node> leader) {
        return fault(
                FaultKind.SLOW,
                List.of(victim),
                leader,
                () -> network.slow(victim.number()),
                cutMillis(),
                network::mend);
    }

    private Fault fault(
            FaultKind kind,
            List<Node> victims,
            Optional<Node> leader,
            Fault.Step strike,
            int lastingMillis,
            Fault.Step mend) {
        return new Fault(kind, victims, role(victims, leader), strike, Duration.ofMillis(lastingMillis), mend);
    }

    private String role(List<Node> victims, Optional<Node> leader) {
        boolean leads = leader.filter(victims::contains).isPresent();
        boolean coordinates = cluster.coordinator().filter(victims::contains).isPresent();
        if (leads) {
            return coordinates ? "both" : "leader";
        }
        return coordinates ? "coordinator" : "follower";
    }

    private Node any() {
        return cluster.nodes().get(random.nextInt(cluster.nodes().size()));
    }

    /** The leader half of the time. */
    private Node leaderOrAny(Optional<Node> leader) {
        Node any = any();
        return random.nextBoolean() ? leader.orElse(any) : any;
    }

    /** In any order. */
    private List<Node> others(Node node) {
        List<Node> others = new ArrayList<>(cluster.nodes());
        others.remove(node);
        Collections.shuffle(others, random);
        return others;
    }

    private int downMillis() {
        return random.nextInt(DOWN_MILLIS_MAX);
    }

    private int cutMillis() {
        return random.nextInt(CUT_MILLIS_MIN, CUT_MILLIS_MAX);
    }
}
