package io.mq.ejb.cluster;

import io.mq.core.cluster.ClusterFigures;
import io.mq.core.cluster.KnownLeadership;
import io.mq.core.cluster.NodeAddresses;
import io.mq.core.storage.DataDirectory;
import io.mq.ejb.cluster.ClusterIdentity.Standing;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * What a node does about its cluster several times a second, and whenever something has changed: it comes to belong to
 * one, becomes a member, finds out who leads, and says who should while it is the coordinator.
 *
 * <p>Confined to one thread, but for what it says of itself.
 */
final class ClusterUpkeep {

    private static final Logger LOG = System.getLogger(ClusterUpkeep.class.getName());

    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(1);

    private static final String WAS_REMOVED =
            "this node was removed from its cluster; stop it for good, or start it with an empty data directory to add it again";

    private static final String LOG_HAS_ENDED =
            "this node has left the others, because its log failed or they do not count it any more; restart it when its disk is well, or start it with an empty data directory";

    private static final String LOG_IS_GONE =
            "this node has lost the log that it has in common with the others; start it with an empty data directory, and it fetches everything from them";

    private final ClusterConfig config;
    private final DataDirectory directory;
    private final RatisNode ratis;
    private final ShardMembership membership;
    private final Peers peers;
    private final KnownLeadership leadership;
    private final Coordinator coordinator;
    private final RemovalWatch removal;

    /** Nodes that were there at the last look. */
    private Set<String> seen = Set.of();

    /** By peer: all members that have ever been there. */
    private final Map<String, NodeAddresses> met = new HashMap<>();

    /** The latest term whose leader was there. */
    private long seenTerm = -1;

    private volatile NodeInfo self;

    /** Empty while the node belongs to no cluster. */
    private volatile Optional<ClusterIdentity> identity;

    private volatile String problem = "";
    private volatile int presentNodes;
    private volatile long term = -1;
    private final AtomicLong elections = new AtomicLong();

    ClusterUpkeep(
            ClusterConfig config,
            DataDirectory directory,
            RatisNode ratis,
            ShardMembership membership,
            Peers peers,
            KnownLeadership leadership,
            NodeInfo self,
            Optional<ClusterIdentity> identity,
            LongSupplier nanoClock) {
        this.config = config;
        this.directory = directory;
        this.ratis = ratis;
        this.membership = membership;
        this.peers = peers;
        this.leadership = leadership;
        this.self = self;
        this.identity = identity;
        this.coordinator = new Coordinator(peers, membership.shard(), nanoClock);
        this.removal = new RemovalWatch(peers, nanoClock);
    }

    /** @param hasRoom whether this node's disk takes messages */
    void step(boolean hasRoom) throws IOException {
        noteRoom(hasRoom);
        List<NodeInfo> present = peers.present();
        presentNodes = present.size();
        if (identity.isEmpty()) {
            takeFirstStep(present);
        }
        if (identity.isPresent() && identity.get().standing() != Standing.REMOVED) {
            takePart(present);
        }
        if (identity.isPresent() && identity.get().standing() == Standing.REMOVED) {
            problem = WAS_REMOVED;
        }
    }

    private void announce(NodeInfo next) {
        self = next;
        peers.announce(next);
    }

    private void noteRoom(boolean hasRoom) {
        if (self.hasRoom() != hasRoom) {
            LOG.log(Level.INFO, hasRoom ? "This node has room again, and may lead" : "This node has no room to lead");
            announce(self.withRoom(hasRoom));
        }
    }

    /** A step has failed, and will be taken again. */
    void failed(Exception e) {
        String text = "something of the cluster failed and is tried again: %s"
                .formatted(e.getMessage() == null ? e : e.getMessage());
        if (!text.equals(problem)) {
            problem = text;
            LOG.log(Level.WARNING, text, e);
        }
    }

    private void takeFirstStep(List<NodeInfo> present) throws IOException {
        FirstStep step = FirstStep.of(self, present, peers.unknown(), config);
        if (step instanceof FirstStep.Form) {
            UUID cluster = UUID.randomUUID();
            become(new ClusterIdentity(cluster, self.nodeId(), self.peerId(), Standing.FORMING));
            LOG.log(Level.INFO, "Forming cluster {0}", cluster);
        } else if (step instanceof FirstStep.Join join) {
            become(new ClusterIdentity(join.cluster(), self.nodeId(), self.peerId(), Standing.JOINING));
            LOG.log(Level.INFO, "Joining cluster {0}", join.cluster());
        } else if (step instanceof FirstStep.Wait wait && !wait.reason().equals(problem)) {
            problem = wait.reason();
            LOG.log(Level.INFO, "Not in a cluster yet: {0}", problem);
        }
    }

    /** Durable before anything that rests on it. */
    private void become(ClusterIdentity next) throws IOException {
        next.save(directory);
        identity = Optional.of(next);
    }

    private void takePart(List<NodeInfo> present) throws IOException {
        ClusterIdentity current = identity.orElseThrow();
        if (!ratis.isStarted()) {
            ratis.start(current.cluster());
        }
        if (!membership.isHere()) {
            if (current.standing() == Standing.MEMBER) {
                problem = LOG_IS_GONE;
                return;
            }
            begin(current.standing());
        }
        if (self.cluster().isEmpty()) {
            // Not before: others join a cluster that there is.
            announce(self.withCluster(current.cluster()));
        }
        List<NodeInfo> members =
                present.stream().filter(node -> node.isIn(current.cluster())).toList();
        if (removal.isRemoved()) {
            leave();
        } else if (membership.isOpen()) {
            takePart(current, members, membership.status());
        } else {
            problem = LOG_HAS_ENDED;
            leadership.update(false, Optional.empty());
            removal.step(self, members, false);
        }
    }

    private void takePart(ClusterIdentity current, List<NodeInfo> members, ShardStatus status) throws IOException {
        boolean isVoter = status.voters().contains(current.peerId());
        if (current.standing() == Standing.MEMBER) {
            removal.step(self, members, isVoter && status.leader().isPresent());
        } else if (!isVoter) {
            askToJoin(members);
        } else if (status.isSettled()) {
            become(current.with(Standing.MEMBER));
        }
        welcome(members);
        refresh(members, status);
        coordinator.step(self.nodeId(), members, status);
    }

    private void begin(Standing standing) throws IOException {
        if (standing == Standing.FORMING) {
            membership.form();
        } else {
            membership.await();
        }
    }

    private void askToJoin(List<NodeInfo> members) {
        byte[] request = new NodeRequest.Join(self.peerId(), self.raftAddress()).encoded();
        for (NodeInfo member : members) {
            if (!member.nodeId().equals(self.nodeId())) {
                var unused = peers.ask(member.nodeId(), request, ASK_TIMEOUT).exceptionally(e -> {
                    LOG.log(Level.DEBUG, "Not added yet: {0}", e.getMessage());
                    return null;
                });
            }
        }
    }

    /** Connects the engine to nodes that are there again. */
    private void welcome(List<NodeInfo> members) {
        Set<String> there = members.stream().map(NodeInfo::peerId).collect(Collectors.toCollection(HashSet::new));
        there.remove(self.peerId());
        there.stream().filter(peer -> !seen.contains(peer)).forEach(membership::reconnect);
        seen = there;
    }

    private void refresh(List<NodeInfo> members, ShardStatus status) {
        members.forEach(member -> met.put(member.peerId(), member.addresses()));
        Optional<NodeAddresses> leader = status.leader().flatMap(peer -> addressesOf(peer, status.term(), members));
        if (status.leader().isEmpty()) {
            problem = "this node knows of no leader: fewer than a majority of %s are there, or they are voting"
                    .formatted(nodes(status));
        } else if (!status.voters().contains(self.peerId())) {
            problem = "this node takes over what its cluster has, before it becomes a member";
        } else {
            problem = "";
        }
        if (term >= 0 && status.term() > term) {
            elections.incrementAndGet();
        }
        term = status.term();
        if (leadership.update(status.isLeading(), leader)) {
            LOG.log(
                    Level.INFO,
                    "Term {0}: {1} leads",
                    Long.toString(term),
                    status.leader().orElse("nobody"));
        }
    }

    /**
     * Where a leader is reached. One that was elected after it had disappeared from view is there all the same: when a node
     * dies, others may lose sight of each other for a moment.
     */
    private Optional<NodeAddresses> addressesOf(String leader, long itsTerm, List<NodeInfo> members) {
        boolean isInView = members.stream().anyMatch(member -> member.peerId().equals(leader));
        if (isInView) {
            seenTerm = itsTerm;
        }
        return isInView || itsTerm > seenTerm ? Optional.ofNullable(met.get(leader)) : Optional.empty();
    }

    private static String nodes(ShardStatus status) {
        return status.voters().stream().map(ClusterIdentity::nodeOf).collect(Collectors.joining(", "));
    }

    // --- told by other nodes, and passed on to the same thread ---

    void setDraining(boolean isDraining) {
        LOG.log(Level.INFO, isDraining ? "This node is to lead nothing" : "This node may lead again");
        announce(self.withDraining(isDraining));
    }

    /** Its replica was taken out. */
    void leave() throws IOException {
        if (identity.isPresent() && identity.get().standing() != Standing.REMOVED) {
            become(identity.get().with(Standing.REMOVED));
            problem = WAS_REMOVED;
            LOG.log(Level.WARNING, WAS_REMOVED);
            leadership.update(false, Optional.empty());
            ratis.close();
        }
    }

    // --- any thread ---

    NodeInfo self() {
        return self;
    }

    /** What keeps the node from taking part; empty where nothing does. */
    String problem() {
        return problem;
    }

    ClusterFigures figures(long snapshotBytesReceived, long snapshotBytesSent) {
        Map<String, Long> lags = new HashMap<>();
        try {
            membership.status().lags().forEach((peer, lag) -> lags.merge(ClusterIdentity.nodeOf(peer), lag, Long::max));
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "No replica to ask", e);
        }
        return new ClusterFigures(
                presentNodes,
                List.of(new ClusterFigures.Shard(
                        membership.shard(),
                        leadership.isLeading(),
                        term,
                        elections.get(),
                        lags,
                        snapshotBytesReceived,
                        snapshotBytesSent)));
    }
}
