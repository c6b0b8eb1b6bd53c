package io.mq.ejb.cluster;

import io.mq.core.cluster.ClusterFigures;
import io.mq.core.storage.DataDirectory;
import io.mq.ejb.cluster.ClusterIdentity.Standing;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a node does about its cluster several times a second, and whenever something has changed: it comes to belong to
 * one, becomes a member, takes part in its shards, and says who should lead them while it is the coordinator.
 *
 * <p>Confined to one thread, but for what it says of itself.
 */
final class ClusterUpkeep {

    private static final Logger LOG = System.getLogger(ClusterUpkeep.class.getName());

    private static final String WAS_REMOVED =
            "this node was removed from its cluster; stop it for good, or start it with an empty data directory to add it again";

    private static final String TAKES_OVER =
            "this node takes over what its cluster has, because it was away for longer than the log reaches back";

    private static final String LOG_IS_GONE =
            "this node has lost the log that it has in common with the others; start it with an empty data directory, and it fetches everything from them";

    private final ClusterConfig config;
    private final DataDirectory directory;
    private final RatisNode ratis;
    private final List<ShardUpkeep> shards;
    private final ShardMembership links;
    private final Peers peers;
    private final Coordinator coordinator;
    private final VoterKeeper voters;
    private final RemovalWatch removal;

    /** Nodes that were there at the last look. */
    private Set<String> seen = Set.of();

    /** Of those, the ones that the engine has asked something since. */
    private final Set<String> connected = new HashSet<>();

    private volatile NodeInfo self;

    /** Empty while the node belongs to no cluster. */
    private volatile Optional<ClusterIdentity> identity;

    private volatile String problem = "";
    private volatile String behind = "";
    private volatile int presentNodes;

    ClusterUpkeep(
            ClusterConfig config,
            DataDirectory directory,
            RatisNode ratis,
            List<ShardSeat> seats,
            Peers peers,
            NodeInfo self,
            Optional<ClusterIdentity> identity,
            LongSupplier nanoClock) {
        this.config = config;
        this.directory = directory;
        this.ratis = ratis;
        this.shards = seats.stream()
                .map(seat -> new ShardUpkeep(seat, peers, nanoClock))
                .toList();
        this.links = seats.get(0).membership();
        this.peers = peers;
        this.self = self;
        this.identity = identity;
        this.coordinator = new Coordinator(peers, nanoClock);
        this.voters = new VoterKeeper(config.replicationFactor(), peers, nanoClock);
        this.removal = new RemovalWatch(peers, nanoClock);
    }

    /** @param hasRoom whether this node's disk takes messages */
    void step(boolean hasRoom) throws IOException {
        // Whoever takes over what others have of one shard is to lead none before it has.
        boolean isBehind = shards.stream().anyMatch(ShardUpkeep::isBehind);
        noteFitness(hasRoom && !isBehind);
        behind = isBehind ? TAKES_OVER : "";
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

    private void noteFitness(boolean isFit) {
        if (self.isFit() != isFit) {
            LOG.log(Level.INFO, isFit ? "This node may lead" : "This node is not to lead for now");
            announce(self.withFitness(isFit));
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
            become(new ClusterIdentity(cluster, self.nodeId(), self.peerId(), Standing.FORMING, self.shards()));
            LOG.log(Level.INFO, "Forming cluster {0}", cluster);
        } else if (step instanceof FirstStep.Join join) {
            become(new ClusterIdentity(join.cluster(), self.nodeId(), self.peerId(), Standing.JOINING, self.shards()));
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
        for (ShardUpkeep shard : shards) {
            if (!shard.isHere()) {
                if (current.standing() == Standing.MEMBER) {
                    problem = LOG_IS_GONE;
                    return;
                }
                shard.begin(current.standing());
            }
        }
        if (self.cluster().isEmpty()) {
            // Not before: others join a cluster that there is.
            announce(self.withCluster(current.cluster()));
        }
        List<NodeInfo> members =
                present.stream().filter(node -> node.isIn(current.cluster())).toList();
        if (removal.isRemoved()) {
            leave();
        } else {
            takePart(current, members);
        }
    }

    private void takePart(ClusterIdentity current, List<NodeInfo> members) throws IOException {
        problem = "";
        Map<String, ShardStatus> open = new TreeMap<>();
        for (ShardUpkeep shard : shards) {
            shard.step(self, members, current.standing()).ifPresent(status -> open.put(shard.shard(), status));
        }
        boolean isMember = current.standing() == Standing.MEMBER;
        removal.step(self, members, unheard(open, isMember));
        if (!isMember && isAll(open, status -> isReplica(status) && status.isSettled())) {
            become(current.with(Standing.MEMBER));
        }
        welcome(members);
        // One that was removed may be there still, and would do nothing as the coordinator.
        List<NodeInfo> counted = members.stream()
                .filter(node -> open.values().stream()
                        .anyMatch(status -> status.replicas().contains(node.peerId())))
                .toList();
        connect(counted);
        coordinator.step(self.nodeId(), counted, open);
        voters.step(self.nodeId(), counted, open);
    }

    /** The shards of which this node should have a replica, or sees that it has one, and that say nothing of a leader. */
    private Set<String> unheard(Map<String, ShardStatus> open, boolean isMember) {
        return shards.stream()
                .map(ShardUpkeep::shard)
                .filter(shard -> {
                    ShardStatus status = open.get(shard);
                    boolean isReplica = status != null && isReplica(status);
                    boolean isLed = isReplica && status.leader().isPresent();
                    return (isMember || isReplica) && !isLed;
                })
                .collect(Collectors.toSet());
    }

    private boolean isReplica(ShardStatus status) {
        return status.replicas().contains(self.peerId());
    }

    private boolean isAll(Map<String, ShardStatus> open, Predicate<ShardStatus> condition) {
        return open.size() == shards.size() && open.values().stream().allMatch(condition);
    }

    /** Connects the engine to nodes that are there again. */
    private void welcome(List<NodeInfo> members) {
        Set<String> there = othersOf(members);
        there.stream().filter(peer -> !seen.contains(peer)).forEach(links::reconnect);
        seen = there;
    }

    /** Connects the engine to nodes whose votes it may need. */
    private void connect(List<NodeInfo> counted) throws IOException {
        Set<String> there = othersOf(counted);
        connected.retainAll(there);
        for (String peer : there) {
            if (connected.add(peer)) {
                links.connect(peer);
            }
        }
    }

    private Set<String> othersOf(List<NodeInfo> nodes) {
        Set<String> others = nodes.stream().map(NodeInfo::peerId).collect(Collectors.toCollection(HashSet::new));
        others.remove(self.peerId());
        return others;
    }

    // --- told by other nodes, and passed on to the same thread ---

    void setDraining(boolean isDraining) {
        LOG.log(Level.INFO, isDraining ? "This node is to lead nothing" : "This node may lead again");
        announce(self.withDraining(isDraining));
    }

    /** Its replicas were taken out. */
    void leave() throws IOException {
        if (identity.isPresent() && identity.get().standing() != Standing.REMOVED) {
            become(identity.get().with(Standing.REMOVED));
            problem = WAS_REMOVED;
            LOG.log(Level.WARNING, WAS_REMOVED);
            shards.forEach(ShardUpkeep::nobodyLeads);
            ratis.close();
        }
    }

    // --- any thread ---

    NodeInfo self() {
        return self;
    }

    boolean isMember() {
        return identity.filter(known -> known.standing() == Standing.MEMBER).isPresent();
    }

    /** What keeps the node from taking part, in sentences, none twice. */
    List<String> problems() {
        if (problem.equals(WAS_REMOVED)) {
            return List.of(problem);
        }
        return Stream.concat(Stream.of(problem, behind), shards.stream().map(ShardUpkeep::problem))
                .filter(text -> !text.isEmpty())
                .distinct()
                .toList();
    }

    ClusterFigures figures() {
        return new ClusterFigures(
                presentNodes, shards.stream().map(ShardUpkeep::figures).toList());
    }
}
