package io.mq.ejb.cluster;

import io.mq.core.broker.ClusterSeat;
import io.mq.core.broker.Engine;
import io.mq.core.cluster.KnownLeadership;
import io.mq.core.cluster.Leadership;
import io.mq.core.cluster.NodeAddresses;
import io.mq.core.command.LogPosition;
import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import io.mq.core.journal.RaftLog;
import io.mq.core.journal.RaftLog.Replica;
import io.mq.core.storage.DataDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * A node's membership in its cluster: it comes to belong to one, keeps its replica, knows who leads, and says who should
 * while it is the coordinator.
 *
 * <p>Decisions are made on one thread. What waits for the disk or for other nodes for long has another.
 */
public final class ClusterNode implements ClusterSeat, Closeable {

    private static final Logger LOG = System.getLogger(ClusterNode.class.getName());

    /** All there is, for the time being. */
    private static final String SHARD = "0";

    private static final long TICK_MILLIS = 250;
    private static final long STOP_SECONDS = 5;
    private static final long HANDOVER_SECONDS = 3;
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(1);

    /** What a snapshot may take of the network and of the disks of both sides. */
    private static final long SNAPSHOT_BYTES_PER_SECOND = 100L << 20;

    private final ClusterConfig config;
    private final Peers.Connector connector;
    private final KnownLeadership leadership = new KnownLeadership();
    private final ScheduledExecutorService ticks =
            Executors.newSingleThreadScheduledExecutor(ClusterThreads.named("mq-cluster"));
    private final ExecutorService snapshots = Executors.newSingleThreadExecutor(ClusterThreads.named("mq-snapshot"));

    /** Nodes that were there at the last look. Confined to the ticking thread. */
    private Set<String> seen = Set.of();

    /** Confined to the ticking thread. */
    private Coordinator coordinator;

    private volatile DataDirectory directory;
    private volatile RatisNode ratis;
    private volatile ShardMembership membership;
    private volatile NodeInfo self;
    private volatile Peers peers;
    private volatile SnapshotLender lender;
    private volatile NodeAnswers answers;
    private volatile SnapshotFetcher fetcher;
    private volatile String waitingFor = "this node is connecting to the others of its cluster";
    private volatile boolean isClosed;

    /** @param connector finds the other nodes */
    ClusterNode(ClusterConfig config, Peers.Connector connector) {
        this.config = config;
        this.connector = connector;
    }

    /** A node that finds the others by JGroups. */
    public static ClusterNode of(ClusterConfig config) {
        return new ClusterNode(config, JGroupsPeers::connect);
    }

    // --- before the broker is there ---

    @Override
    public String nodeId() {
        NodeInfo current = self;
        return current == null ? config.nodeId() : current.nodeId();
    }

    @Override
    public RaftLog.Opener log(DataDirectory opened, LogPosition checkpoint, int entryBytesMax) {
        directory = opened;
        Optional<ClusterIdentity> identity = ClusterIdentity.load(opened, config.nodeId());
        String givenId = config.nodeId().isEmpty() ? opened.nodeId() : config.nodeId();
        String nodeId = identity.map(ClusterIdentity::nodeId).orElse(givenId);
        String peerId = identity.map(ClusterIdentity::peerId).orElseGet(() -> ClusterIdentity.newPeerId(nodeId));
        self = new NodeInfo(
                config.addresses(nodeId),
                peerId,
                identity.map(ClusterIdentity::cluster),
                config.address().toString(),
                config.raft().toString(),
                !checkpoint.equals(LogPosition.START));
        ratis = new RatisNode(new RatisConfig(
                peerId,
                opened.raft(),
                config.raft().host(),
                config.raft().port(),
                entryBytesMax,
                config.electionTimeout(),
                config.certificates()));
        membership = new ShardMembership(ratis, SHARD);
        return ratis.log(SHARD, checkpoint, new Events());
    }

    // --- when the broker is there ---

    @Override
    public void opened(Engine engine) throws IOException {
        lender = new SnapshotLender(engine, System::nanoTime);
        answers = new NodeAnswers(membership, lender, () -> peers.present());
        // First, since a second node of this one's name must not vote.
        Peers connected = connect();
        try {
            if (self.cluster().isPresent()) {
                ratis.start(self.cluster().get());
            }
        } catch (IOException | RuntimeException e) {
            connected.close();
            throw e;
        }
        coordinator = new Coordinator(connected);
        fetcher = new SnapshotFetcher(connected, directory, engine, SNAPSHOT_BYTES_PER_SECOND, System::nanoTime);
        peers = connected;
        var unused = ticks.scheduleWithFixedDelay(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private Peers connect() {
        try {
            return connector.connect(config, self, new Handler());
        } catch (IOException e) {
            throw new StartupException(
                    StartupFailure.ADDRESS_UNAVAILABLE,
                    "this node cannot listen for the others of its cluster at mq.cluster.addr=%s: %s; give an address of this machine, with a port that nobody has taken"
                            .formatted(config.address(), e.getMessage()),
                    e);
        }
    }

    // --- the ticking thread ---

    private void tick() {
        if (isClosed) {
            return;
        }
        try {
            List<NodeInfo> present = peers.present();
            if (self.cluster().isEmpty()) {
                takeFirstStep(present);
            }
            if (self.cluster().isPresent()) {
                takePart(present);
            }
            lender.takeBackIdle();
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, "Something of the cluster failed and will be tried again", e);
        }
    }

    private void takeFirstStep(List<NodeInfo> present) throws IOException {
        FirstStep step = FirstStep.of(self, present, peers.unknown(), config);
        if (step instanceof FirstStep.Form) {
            belongTo(UUID.randomUUID());
            membership.form();
            LOG.log(Level.INFO, "Formed cluster {0}", self.cluster().get());
        } else if (step instanceof FirstStep.Join join) {
            belongTo(join.cluster());
            membership.await();
            LOG.log(Level.INFO, "Joining cluster {0}", join.cluster());
        } else if (step instanceof FirstStep.Wait wait && !wait.reason().equals(waitingFor)) {
            waitingFor = wait.reason();
            LOG.log(Level.INFO, "Not in a cluster yet: {0}", waitingFor);
        }
    }

    /** Durable before anything that rests on it. */
    private void belongTo(UUID cluster) throws IOException {
        new ClusterIdentity(cluster, self.nodeId(), self.peerId()).save(directory);
        ratis.start(cluster);
        self = self.withCluster(cluster);
        peers.announce(self);
    }

    private void takePart(List<NodeInfo> present) throws IOException {
        UUID cluster = self.cluster().orElseThrow();
        List<NodeInfo> members =
                present.stream().filter(node -> node.isIn(cluster)).toList();
        if (!membership.isHere()) {
            // Stopped between saying so and doing so.
            beginAgain(members);
        }
        ShardStatus status = membership.status();
        if (!status.voters().contains(self.peerId())) {
            askToJoin(members);
        }
        welcome(members);
        refresh(members, status);
        coordinator.step(self.nodeId(), members, status);
    }

    private void beginAgain(List<NodeInfo> members) throws IOException {
        if (members.size() > 1 || !self.hasData() && config.size() > 1) {
            membership.await();
        } else {
            membership.form();
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
        Optional<NodeAddresses> leader = status.leader()
                .flatMap(peer -> members.stream()
                        .filter(node -> node.peerId().equals(peer))
                        .findFirst())
                .map(NodeInfo::addresses);
        waitingFor = "";
        if (status.leader().isEmpty()) {
            waitingFor = "this node knows of no leader: fewer than a majority of %s are there, or they are voting"
                    .formatted(nodes(status));
        } else if (!status.voters().contains(self.peerId())) {
            waitingFor = "this node takes over what its cluster has, before it becomes a member";
        }
        if (leadership.update(status.isLeading(), leader)) {
            LOG.log(
                    Level.INFO,
                    "Term {0}: {1} leads",
                    Long.toString(status.term()),
                    status.leader().orElse("nobody"));
        }
    }

    /** So that the one that has the same name goes on undisturbed. */
    private void leave() {
        try {
            peers.close();
            ratis.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "This node did not leave its cluster properly; stop it", e);
        }
    }

    private static String nodes(ShardStatus status) {
        return status.voters().stream().map(ClusterIdentity::nodeOf).collect(Collectors.joining(", "));
    }

    private void tickSoon() {
        try {
            if (peers != null) {
                ticks.execute(this::tick);
            }
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "Nothing is decided any more", e);
        }
    }

    // --- threads of the engine ---

    private final class Events implements ShardEvents {

        @Override
        public void changed() {
            tickSoon();
        }

        @Override
        public CompletableFuture<LogPosition> fetchSnapshot(String leader, Replica replica) {
            return CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return fetcher.fetch(ClusterIdentity.nodeOf(leader), replica);
                        } catch (IOException e) {
                            LOG.log(
                                    Level.WARNING,
                                    "The checkpoint of {0} is not in place: {1}",
                                    leader,
                                    e.getMessage());
                            throw new UncheckedIOException(e);
                        }
                    },
                    snapshots);
        }
    }

    // --- threads that answer other nodes ---

    private final class Handler implements Peers.Handler {

        @Override
        public void changed() {
            tickSoon();
        }

        @Override
        public byte[] answer(byte[] request) throws IOException {
            return answers.answer(NodeRequest.decode(request));
        }

        @Override
        public void refused(String reason) {
            LOG.log(Level.ERROR, "This node takes part no more: {0}", reason);
            isClosed = true;
            waitingFor = reason;
            try {
                ticks.execute(ClusterNode.this::leave);
            } catch (RejectedExecutionException e) {
                LOG.log(Level.DEBUG, "This node is leaving already", e);
            }
        }
    }

    // --- any thread ---

    @Override
    public Leadership leadership() {
        return leadership;
    }

    @Override
    public List<String> problems() {
        String waiting = waitingFor;
        return waiting.isEmpty() ? List.of() : List.of(waiting);
    }

    @Override
    public void drain() {
        isClosed = true;
        try {
            handOver();
        } catch (IOException | RuntimeException | ExecutionException | TimeoutException e) {
            LOG.log(Level.INFO, "Nobody has taken over the lead from this node; the others will elect one: {0}", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** To the node that has most of the log, of those that are there. */
    private void handOver() throws IOException, InterruptedException, ExecutionException, TimeoutException {
        if (peers == null || !membership.isHere()) {
            return;
        }
        ShardStatus status = membership.status();
        Optional<String> next = peers.present().stream()
                .filter(node -> status.matching().containsKey(node.peerId()))
                .max(Comparator.comparing(node -> status.matching().get(node.peerId())))
                .map(NodeInfo::peerId);
        if (status.isLeading() && next.isPresent()) {
            membership.transfer(next.get()).get(HANDOVER_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Leaves the others. To be called when the broker is closed. */
    @Override
    public void close() throws IOException {
        isClosed = true;
        ClusterThreads.stop(ticks, STOP_SECONDS);
        if (peers != null) {
            peers.close();
        }
        ClusterThreads.stop(snapshots, STOP_SECONDS);
        if (lender != null) {
            lender.close();
        }
        if (ratis != null) {
            ratis.close();
        }
    }
}
