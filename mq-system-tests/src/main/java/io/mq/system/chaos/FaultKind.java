package io.mq.system.chaos;

import io.mq.system.cluster.Network;
import io.mq.system.cluster.SmallDisk;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What can happen to a cluster. */
public enum FaultKind {
    KILL("kill -9 of any node, started again some seconds later"),
    KILL_LEADER("the same, of the node that leads"),
    KILL_COORDINATOR("the same, of the node that says who should lead"),
    KILL_ALL("kill -9 of all nodes at once, then all started"),
    PAUSE("SIGSTOP for 6 s, longer than the others wait for a leader, then SIGCONT"),
    STOP("SIGTERM, and started again: a rolling restart's step"),
    LOSE_DATA("kill -9, and started again with an empty data directory"),
    FULL_DISK(
            "a node's disk is full for some seconds, then it is emptied and the node is started anew",
            network -> SmallDisk.isPossible()),
    CUT("a node reaches nobody and nobody reaches it, for some seconds", Network::canCut),
    CUT_ONE_WAY("what a node sends one other, or all others, is lost; what they send arrives", Network::canCut),
    CUT_PAIR("two nodes do not reach each other, and both reach the third", Network::canCut),
    SLOW("what a node sends waits in a slow queue and is lost where that is full", Network::canSlow);

    private final String description;
    private final Predicate<Network> isPossible;

    FaultKind(String description) {
        this(description, network -> true);
    }

    FaultKind(String description, Predicate<Network> isPossible) {
        this.description = description;
        this.isPossible = isPossible;
    }

    /** As on the command line. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public String description() {
        return description;
    }

    public boolean isPossible(Network network) {
        return isPossible.test(network);
    }

    /** @throws IllegalArgumentException naming those that there are */
    public static FaultKind parse(String text) {
        return Arrays.stream(values())
                .filter(kind -> kind.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no fault '%s'; choose among %s"
                        .formatted(
                                text,
                                Arrays.stream(values()).map(FaultKind::text).collect(Collectors.joining(", ")))));
    }

    /** All that this network lets happen. */
    public static List<FaultKind> possible(Network network) {
        return Arrays.stream(values()).filter(kind -> kind.isPossible(network)).toList();
    }
}
