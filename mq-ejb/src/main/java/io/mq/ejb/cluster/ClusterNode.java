package io.mq.ejb.cluster;

import io.mq.core.broker.ClusterSeat;
import io.mq.core.broker.Engine;
import io.mq.core.cluster.Leadership;
import io.mq.core.cluster.NodeAddresses;
import io.mq.core.command.LogPosition;
import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import io.mq.core.file.Disk;
import io.mq.core.journal.RaftLog;
import io.mq.core.journal.RaftLog.Replica;
import io.mq.core.storage.DataDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
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
import java.util.concurrent.ThreadFactory;
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
    private final String version;
    private final NodeLeadership leadership = new NodeLeadership();
    private final ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor(threads("mq-cluster"));
    private final ExecutorService snapshots = Executors.newSingleThreadExecutor(threads("mq-snapshot"));

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
    private volatile SnapshotFetcher fetcher;
    private volatile String waitingFor = "this node is connecting to the others of its cluster";
    private volatile boolean isClosed;

    /** @param connector finds the other nodes */
    ClusterNode(ClusterConfig config, Peers.Connector connector, String version) {
        this.config = config;
        this.connector = connector;
        this.version = version;
    }

    /** A node that finds the others by JGroups. */
    public static ClusterNode of(ClusterConfig config, String version) {
        return new ClusterNode(config, JGroupsPeers::connect, version);
    }

    /** @throws StartupException where a data directory belongs to a node of a cluster */
    public static void requireNone(Disk disk, Path directory) {
        try {
            ClusterIdentity.load(disk, directory).ifPresent(found -> {
                throw new StartupException(
                        StartupFailure.BAD_CONFIGURATION,
                        "the data directory %s is that of node '%s' of a cluster, which goes on without what a single node would add; start it with --cluster-addr as before, or choose another --data-dir"
                                .formatted(directory, found.nodeId()));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ThreadFactory threads(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
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
        ClusterIdentity identity = identity();
        self = new NodeInfo(
                config.addresses(identity.nodeId()),
                identity.peerId(),
                Optional.ofNullable(identity.cluster()),
                config.address().toString(),
                config.raft().toString(),
                !checkpoint.equals(LogPosition.START),
                false,
                version);
        ratis = new RatisNode(new RatisConfig(
                identity.peerId(),
                opened.raft(),
                config.raft().host(),
                config.raft().port(),
                entryBytesMax,
                config.electionTimeout()));
        membership = new ShardMembership(ratis, SHARD);
        return ratis.log(SHARD, checkpoint, new Events());
    }

    /** Without a cluster where the directory belongs to none yet. */
    private ClusterIdentity identity() {
        try {
            Optional<ClusterIdentity> stored = ClusterIdentity.load(directory.disk(), directory.root());
            if (stored.isPresent()) {
                return required(stored.get());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String nodeId = config.nodeId().isEmpty() ? directory.nodeId() : config.nodeId();
        return new ClusterIdentity(
                null, nodeId, nodeId + "." + UUID.randomUUID().toString().substring(0, 8));
    }

    private ClusterIdentity required(ClusterIdentity stored) {
        if (config.nodeId().isEmpty() || config.nodeId().equals(stored.nodeId())) {
            return stored;
        }
        throw new StartupException(
                StartupFailure.BAD_CONFIGURATION,
                "the data directory %s is that of node '%s' of its cluster, not of '%s'; start it with --node-id %s or choose another --data-dir"
                        .formatted(directory.root(), stored.nodeId(), config.nodeId(), stored.nodeId()));
    }

    // --- when the broker is there ---

    @Override
    public void opened(DataDirectory unused, Engine engine) {
        lender = new SnapshotLender(engine, System::nanoTime);
        try {
            if (self.cluster().isPresent()) {
                ratis.start(self.cluster().get());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ticks.execute(() -> connect(engine));
    }

    private void connect(Engine engine) {
        try {
            Peers connected = connector.connect(config, self, new Handler());
            peers = connected;
            coordinator = new Coordinator(connected, SHARD);
            fetcher = new SnapshotFetcher(connected, directory, engine, SNAPSHOT_BYTES_PER_SECOND, System::nanoTime);
            var unused = ticks.scheduleWithFixedDelay(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (IOException | RuntimeException e) {
            waitingFor = "this node cannot connect to the others of its cluster (%s); restart it when that is mended"
                    .formatted(e.getMessage());
            LOG.log(Level.ERROR, waitingFor, e);
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
        List<String> seeds = config.seeds().stream().map(Object::toString).toList();
        FirstStep step = FirstStep.of(self, present, seeds);
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
        new ClusterIdentity(cluster, self.nodeId(), self.peerId()).save(directory.disk(), directory.root());
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
        if (!status.voters().containsKey(self.peerId())) {
            askToJoin(members);
        }
        welcome(members);
        refresh(members, status);
        coordinator.step(self.nodeId(), members, status);
    }

    private void beginAgain(List<NodeInfo> members) throws IOException {
        if (members.size() > 1 || !self.hasData() && config.seeds().size() > 1) {
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
        } else if (!status.voters().containsKey(self.peerId())) {
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

    private static String nodes(ShardStatus status) {
        return status.voters().keySet().stream().map(ClusterIdentity::nodeOf).collect(Collectors.joining(", "));
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
        public byte[] answer(byte[] bytes) throws Exception {
            NodeRequest request = NodeRequest.decode(bytes);
            if (request instanceof NodeRequest.Report) {
                return report().encoded();
            } else if (request instanceof NodeRequest.OpenSnapshot) {
                return lender.lend().encoded();
            } else if (request instanceof NodeRequest.ReadSnapshot read) {
                return lender.read(read);
            } else if (request instanceof NodeRequest.CloseSnapshot close) {
                lender.takeBack(close.snapshot());
            } else if (request instanceof NodeRequest.Join join) {
                add(join);
            } else if (request instanceof NodeRequest.Stand stand) {
                standFor(stand.goneLeader());
            } else if (request instanceof NodeRequest.Transfer transfer) {
                membership.transfer(transfer.peerId()).get();
            } else if (request instanceof NodeRequest.Remove remove) {
                membership.remove(remove.peerId()).get();
            } else if (request instanceof NodeRequest.Drain drain) {
                self = self.withDraining(drain.isOn());
                peers.announce(self);
            }
            return new byte[0];
        }

        private ReplicaReport report() throws IOException {
            Optional<ShardStatus> status = membership.isHere() ? Optional.of(membership.status()) : Optional.empty();
            return new ReplicaReport(status, problems(), directory.usableBytes());
        }

        /** A node that comes with another replica has lost the one it had. */
        private void add(NodeRequest.Join join) throws IOException {
            ShardStatus status = membership.status();
            if (!status.isLeading()) {
                throw new IOException("this node does not lead");
            }
            String nodeId = ClusterIdentity.nodeOf(join.peerId());
            Optional<String> lost = status.voters().keySet().stream()
                    .filter(peer -> !peer.equals(join.peerId())
                            && ClusterIdentity.nodeOf(peer).equals(nodeId))
                    .findFirst();
            var unused = membership.add(join.peerId(), join.raftAddress(), lost).exceptionally(e -> {
                LOG.log(Level.DEBUG, "Node {0} was not added: {1}", nodeId, e.getMessage());
                return null;
            });
        }

        /** Only where this node, too, finds it gone: it would depose a leader that is well. */
        private void standFor(String goneLeader) throws IOException {
            if (peers.present().stream().noneMatch(node -> node.peerId().equals(goneLeader))) {
                membership.standForElection(goneLeader);
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
                .filter(node -> status.matching().containsKey(node.peerId()) && !node.isDraining())
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
        stop(ticks);
        if (peers != null) {
            peers.close();
        }
        stop(snapshots);
        if (lender != null) {
            lender.close();
        }
        if (ratis != null) {
            ratis.close();
        }
    }

    private static void stop(ExecutorService executor) {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.log(Level.WARNING, "Something of the cluster is still running after {0} s", STOP_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
