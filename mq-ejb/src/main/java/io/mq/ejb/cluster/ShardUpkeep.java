package io.mq.ejb.cluster;

import io.mq.core.cluster.ClusterFigures;
import io.mq.core.cluster.NodeAddresses;
import io.mq.ejb.cluster.ClusterIdentity.Standing;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * What a node does about one shard: its replica begins, is counted by the others, and finds out who leads.
 *
 * <p>Confined to one thread, but for what it says of itself.
 */
final class ShardUpkeep {

    private static final Logger LOG = System.getLogger(ShardUpkeep.class.getName());

    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(1);

    /** For how long a voter may not vote yet. */
    private static final Duration VOTE_WITHIN = Duration.ofSeconds(2);

    /** What a leader sent before it went out of view may arrive that much later. */
    private static final Duration UNDER_WAY = Duration.ofMillis(100);

    private static final String LOG_HAS_ENDED =
            "this node has left the others, because its log failed or they do not count it any more; restart it when its disk is well, or start it with an empty data directory";

    private final ShardSeat seat;
    private final Peers peers;
    private final LongSupplier nanoClock;

    /** By peer: all members that have ever been there. */
    private final Map<String, NodeAddresses> met = new HashMap<>();

    /** When this replica last voted, or had no vote. */
    private long votingNanos;

    /** The latest term whose leader was in view. */
    private long seenTerm = -1;

    /** Since when that leader is out of view; empty while it is not. */
    private OptionalLong lostNanos = OptionalLong.empty();

    private volatile String problem = "";
    private volatile long term = -1;
    private final AtomicLong elections = new AtomicLong();

    ShardUpkeep(ShardSeat seat, Peers peers, LongSupplier nanoClock) {
        this.seat = seat;
        this.peers = peers;
        this.nanoClock = nanoClock;
        this.votingNanos = nanoClock.getAsLong();
    }

    String shard() {
        return seat.shard();
    }

    /** Whether this node keeps a replica, be it one that has yet to be added. */
    boolean isHere() {
        return seat.membership().isHere();
    }

    void begin(Standing standing) throws IOException {
        if (standing == Standing.FORMING) {
            seat.membership().form();
        } else {
            seat.membership().await();
        }
    }

    /**
     * Takes part as far as it can.
     *
     * @param members the nodes of this cluster that are there
     * @return the shard as this replica sees it; empty where its log has ended
     */
    Optional<ShardStatus> step(NodeInfo self, List<NodeInfo> members, Standing standing) throws IOException {
        reopenWhereDue();
        if (!seat.membership().isOpen()) {
            problem = LOG_HAS_ENDED;
            nobodyLeads();
            return Optional.empty();
        }
        ShardStatus status = seat.membership().status();
        if (standing != Standing.MEMBER && !status.replicas().contains(self.peerId())) {
            askToJoin(self, members);
        }
        refresh(self, members, status);
        return Optional.of(status);
    }

    private void reopenWhereDue() throws IOException {
        if (seat.fetcher().isFetching()) {
            return;
        }
        long now = nanoClock.getAsLong();
        if (!seat.membership().isVoterByNameOnly()) {
            votingNanos = now;
        }
        Optional<String> why = seat.membership().whyToReopen();
        if (why.isEmpty() && now - votingNanos > VOTE_WITHIN.toNanos()) {
            why = Optional.of("it votes from now on");
        }
        if (why.isPresent()) {
            LOG.log(Level.INFO, "Opening the log of this replica of shard {0} again: {1}", shard(), why.get());
            votingNanos = nanoClock.getAsLong();
            seat.membership().reopen();
        }
    }

    private void askToJoin(NodeInfo self, List<NodeInfo> members) {
        byte[] request = new NodeRequest.Join(shard(), self.peerId(), self.raftAddress()).encoded();
        for (NodeInfo member : members) {
            if (!member.nodeId().equals(self.nodeId())) {
                var unused = peers.ask(member.nodeId(), request, ASK_TIMEOUT).exceptionally(e -> {
                    LOG.log(Level.DEBUG, "Not added yet: {0}", e.getMessage());
                    return null;
                });
            }
        }
    }

    private void refresh(NodeInfo self, List<NodeInfo> members, ShardStatus status) throws IOException {
        members.forEach(member -> met.put(member.peerId(), member.addresses()));
        Optional<NodeAddresses> leader = status.leader().isEmpty()
                ? Optional.empty()
                : addressesOf(status.leader().get(), status.term(), members);
        if (status.leader().isEmpty()) {
            problem = "this node knows of no leader: fewer than a majority of %s are there, or they are voting"
                    .formatted(nodes(status));
        } else if (!status.replicas().contains(self.peerId())) {
            problem = "this node takes over what its cluster has, before it becomes a member";
        } else {
            problem = "";
        }
        if (term >= 0 && status.term() > term) {
            elections.incrementAndGet();
        }
        term = status.term();
        if (seat.leadership().update(status.isLeading(), leader)) {
            LOG.log(
                    Level.INFO,
                    "Shard {0}, term {1}: {2} leads",
                    shard(),
                    Long.toString(term),
                    status.leader().orElse("nobody"));
        }
    }

    /**
     * Where a leader is reached. One that is out of view is there all the same where it was elected since, or where this
     * replica has heard from it since: it is the coordinator who says what is in view, and the coordinator alone may have
     * lost sight of it.
     */
    private Optional<NodeAddresses> addressesOf(String leader, long itsTerm, List<NodeInfo> members)
            throws IOException {
        if (members.stream().anyMatch(member -> member.peerId().equals(leader))) {
            seenTerm = itsTerm;
            lostNanos = OptionalLong.empty();
        } else if (itsTerm <= seenTerm) {
            long now = nanoClock.getAsLong();
            if (lostNanos.isEmpty()) {
                lostNanos = OptionalLong.of(now);
            }
            Duration lost = Duration.ofNanos(now - lostNanos.getAsLong());
            if (seat.membership().sinceLeaderWasHeard().compareTo(lost.minus(UNDER_WAY)) >= 0) {
                return Optional.empty();
            }
        }
        return Optional.ofNullable(met.get(leader));
    }

    private static String nodes(ShardStatus status) {
        return status.voters().stream().map(ClusterIdentity::nodeOf).collect(Collectors.joining(", "));
    }

    void nobodyLeads() {
        seat.leadership().update(false, Optional.empty());
    }

    // --- any thread ---

    /** What keeps the node from taking part; empty where nothing does. */
    String problem() {
        return problem;
    }

    /** Whether this node takes over what others have of the shard. */
    boolean isBehind() {
        return seat.fetcher().isFetching();
    }

    ClusterFigures.Shard figures() {
        Map<String, Long> lags = new HashMap<>();
        try {
            seat.membership()
                    .status()
                    .lags()
                    .forEach((peer, lag) -> lags.merge(ClusterIdentity.nodeOf(peer), lag, Long::max));
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "No replica to ask", e);
        }
        return new ClusterFigures.Shard(
                shard(),
                seat.leadership().isLeading(),
                term,
                elections.get(),
                lags,
                seat.fetcher().bytesReceived(),
                seat.lender().bytesSent());
    }
}
