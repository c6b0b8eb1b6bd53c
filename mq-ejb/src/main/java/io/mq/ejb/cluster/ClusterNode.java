package io.mq.ejb.cluster;

import io.mq.core.broker.BrokerStatus;
import io.mq.core.broker.ClusterSeat;
import io.mq.core.broker.Engine;
import io.mq.core.cluster.ClusterFigures;
import io.mq.core.cluster.ClusterOperations;
import io.mq.core.cluster.KnownLeadership;
import io.mq.core.cluster.Leadership;
import io.mq.core.command.LogPosition;
import io.mq.core.error.StartupException;
import io.mq.core.error.StartupFailure;
import io.mq.core.journal.RaftLog;
import io.mq.core.journal.RaftLog.Replica;
import io.mq.core.storage.DataDirectory;
import io.mq.ejb.cluster.ClusterIdentity.Standing;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A node's seat in its cluster: puts together what the node needs for that, takes what comes from the broker, the log's
 * engine and other nodes, and has {@link ClusterUpkeep} decide on one thread. What waits for the disk or for other nodes
 * for long has another.
 */
public final class ClusterNode implements ClusterSeat, Closeable {

    private static final Logger LOG = System.getLogger(ClusterNode.class.getName());

    /** All there is, for the time being. */
    private static final String SHARD = "0";

    private static final long TICK_MILLIS = 250;
    private static final long STOP_SECONDS = 5;
    private static final long HANDOVER_SECONDS = 3;

    /** What a snapshot may take of the network and of the disks of both sides. */
    private static final long SNAPSHOT_BYTES_PER_SECOND = 100L << 20;

    private final ClusterConfig config;
    private final Peers.Connector connector;
    private final KnownLeadership leadership = new KnownLeadership();
    private final ScheduledExecutorService ticks =
            Executors.newSingleThreadScheduledExecutor(ClusterThreads.named("mq-cluster"));
    private final ExecutorService snapshots = Executors.newSingleThreadExecutor(ClusterThreads.named("mq-snapshot"));
    private final ClusterAdministrator administrator = new ClusterAdministrator(SHARD);

    private DataDirectory directory;
    private Optional<ClusterIdentity> identity;
    private NodeInfo first;
    private RatisNode ratis;
    private ShardMembership membership;

    private volatile SnapshotLender lender;
    private volatile BrokerStatus status;

    /** Null until the node is connected to the others, as is what needs them. */
    private volatile Peers peers;

    private volatile ClusterUpkeep upkeep;
    private volatile SnapshotFetcher fetcher;
    private volatile NodeAnswers answers;

    /** Why the others do not want this node; empty where they do. */
    private volatile String refusal = "";

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
        NodeInfo current = first;
        return current == null ? config.nodeId() : current.nodeId();
    }

    @Override
    public RaftLog.Opener log(DataDirectory opened, LogPosition checkpoint, int entryBytesMax) {
        directory = opened;
        identity = ClusterIdentity.load(opened, config.nodeId());
        String givenId = config.nodeId().isEmpty() ? opened.nodeId() : config.nodeId();
        String nodeId = identity.map(ClusterIdentity::nodeId).orElse(givenId);
        String peerId = identity.map(ClusterIdentity::peerId).orElseGet(() -> ClusterIdentity.newPeerId(nodeId));
        first = new NodeInfo(
                config.addresses(nodeId),
                peerId,
                identity.map(ClusterIdentity::cluster),
                config.address().toString(),
                config.raft().toString(),
                !checkpoint.equals(LogPosition.START),
                false,
                true);
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
        answers = new NodeAnswers(membership, lender, new Self());
        // First, since a second node of this one's name must not vote.
        Peers connected = connect();
        try {
            if (identity.isPresent() && identity.get().standing() != Standing.REMOVED) {
                ratis.start(identity.get().cluster());
            }
        } catch (IOException | RuntimeException e) {
            connected.close();
            throw e;
        }
        peers = connected;
        fetcher = new SnapshotFetcher(connected, directory, engine, SNAPSHOT_BYTES_PER_SECOND, System::nanoTime);
        upkeep = new ClusterUpkeep(
                config, directory, ratis, membership, connected, leadership, first, identity, System::nanoTime);
        administrator.connected(connected, upkeep::self);
        var unused = ticks.scheduleWithFixedDelay(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void serving(BrokerStatus serving) {
        status = serving;
    }

    private Peers connect() {
        try {
            ratis.requireFreePort();
            return connector.connect(config, first, new Handler());
        } catch (IOException e) {
            throw new StartupException(
                    StartupFailure.ADDRESS_UNAVAILABLE,
                    "this node cannot listen for the others of its cluster at mq.cluster.addr=%s: %s; give an address of this machine where the port and the next are free"
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
            BrokerStatus current = status;
            upkeep.step(current == null || !current.isDiskFull());
            lender.takeBackIdle();
        } catch (IOException | RuntimeException e) {
            upkeep.failed(e);
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

    private void tickSoon() {
        soon(() -> {
            if (upkeep != null) {
                tick();
            }
        });
    }

    private void soon(Runnable task) {
        try {
            ticks.execute(task);
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
            refusal = reason;
            leadership.update(false, Optional.empty());
            soon(ClusterNode.this::leave);
        }
    }

    private final class Self implements NodeAnswers.Node {

        @Override
        public NodeState state() {
            BrokerStatus current = status;
            return new NodeState(
                    current == null ? "" : current.version(),
                    current == null ? 0 : current.usableDiskBytes(),
                    current == null ? problems() : current.health().problems(),
                    shardStatus());
        }

        @Override
        public List<NodeInfo> present() {
            Peers current = peers;
            return current == null ? List.of() : current.present();
        }

        @Override
        public void setDraining(boolean isDraining) {
            soon(() -> upkeep.setDraining(isDraining));
        }

        @Override
        public void removed(String peerId) {
            if (peerId.equals(first.peerId())) {
                soon(this::leave);
            }
        }

        private void leave() {
            try {
                upkeep.leave();
            } catch (IOException e) {
                LOG.log(Level.WARNING, "That this node was removed could not be noted; it will be tried again", e);
            }
        }
    }

    private Optional<ShardStatus> shardStatus() {
        try {
            return membership.isHere() ? Optional.of(membership.status()) : Optional.empty();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "No replica to ask", e);
            return Optional.empty();
        }
    }

    // --- any thread ---

    @Override
    public Leadership leadership() {
        return leadership;
    }

    @Override
    public ClusterOperations operations() {
        return administrator;
    }

    @Override
    public ClusterFigures figures() {
        ClusterUpkeep current = upkeep;
        return current == null
                ? new ClusterFigures(0, List.of())
                : current.figures(fetcher.bytesReceived(), lender.bytesSent());
    }

    @Override
    public List<String> problems() {
        if (!refusal.isEmpty()) {
            return List.of(refusal);
        }
        ClusterUpkeep current = upkeep;
        String found = current == null ? "this node is connecting to the others of its cluster" : current.problem();
        return found.isEmpty() ? List.of() : List.of(found);
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
        ShardStatus shard = membership.status();
        Optional<String> next =
                shard.nearest(peers.present().stream().map(NodeInfo::peerId).toList());
        if (shard.isLeading() && next.isPresent()) {
            membership.transfer(next.get()).get(HANDOVER_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Leaves the others. To be called when the broker is closed. */
    @Override
    public void close() throws IOException {
        isClosed = true;
        administrator.close();
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
