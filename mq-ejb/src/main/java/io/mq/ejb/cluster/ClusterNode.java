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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A node's seat in its cluster: puts together what the node needs for that, takes what comes from the broker, the log's
 * engine and other nodes, and has {@link ClusterUpkeep} decide on one thread. What waits for the disk or for other nodes
 * for long has another.
 */
public final class ClusterNode implements ClusterSeat, Closeable {

    private static final Logger LOG = System.getLogger(ClusterNode.class.getName());

    private static final long TICK_MILLIS = 250;
    private static final long STOP_SECONDS = 5;

    private final ClusterConfig config;
    private final Peers.Connector connector;
    private final List<KnownLeadership> leaderships;
    private final ScheduledExecutorService ticks =
            Executors.newSingleThreadScheduledExecutor(ClusterThreads.named("mq-cluster"));
    private final ExecutorService snapshots = Executors.newSingleThreadExecutor(ClusterThreads.named("mq-snapshot"));
    private final ClusterAdministrator administrator = new ClusterAdministrator();
    private final List<ShardMembership> memberships = new ArrayList<>();

    private DataDirectory directory;
    private Optional<ClusterIdentity> identity;
    private NodeInfo first;
    private RatisNode ratis;

    /** Set before the node is connected to the others; empty before that. */
    private volatile List<ShardSeat> seats = List.of();

    private volatile BrokerStatus status;

    /** Null until the node is connected to the others, as is what needs them. */
    private volatile Peers peers;

    private volatile ClusterUpkeep upkeep;
    private volatile NodeAnswers answers;
    private volatile ForeignProposals proposals;

    /** Why the others do not want this node; empty where they do. */
    private volatile String refusal = "";

    private volatile boolean isClosed;

    /** @param connector finds the other nodes */
    ClusterNode(ClusterConfig config, Peers.Connector connector) {
        this.config = config;
        this.connector = connector;
        this.leaderships =
                Stream.generate(KnownLeadership::new).limit(config.shards()).toList();
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
    public int shards() {
        return config.shards();
    }

    @Override
    public RaftLog.Opener log(DataDirectory opened, int shard, LogPosition checkpoint, int entryBytesMax) {
        if (shard == 0) {
            prepare(opened, !checkpoint.equals(LogPosition.START), entryBytesMax);
        }
        String name = Integer.toString(shard);
        ShardMembership membership = new ShardMembership(ratis, name);
        memberships.add(membership);
        Events events = new Events(shard, membership);
        // With one shard, whoever does not lead passes calls on, and proposes nothing.
        return ratis.log(name, checkpoint, events, config.shards() > 1 ? Optional.of(events) : Optional.empty());
    }

    private void prepare(DataDirectory opened, boolean hasData, int entryBytesMax) {
        directory = opened;
        identity = ClusterIdentity.load(opened, config);
        String givenId = config.nodeId().isEmpty() ? opened.nodeId() : config.nodeId();
        String nodeId = identity.map(ClusterIdentity::nodeId).orElse(givenId);
        String peerId = identity.map(ClusterIdentity::peerId).orElseGet(() -> ClusterIdentity.newPeerId(nodeId));
        first = new NodeInfo(
                config.addresses(nodeId),
                peerId,
                identity.map(ClusterIdentity::cluster),
                config.address().toString(),
                config.raft().toString(),
                hasData,
                false,
                true,
                config.shards());
        ratis = new RatisNode(new RatisConfig(
                peerId,
                opened.raft(),
                config.raft().host(),
                config.raft().port(),
                entryBytesMax,
                config.shards(),
                config.electionTimeout(),
                config.certificates()));
    }

    // --- when the broker is there ---

    @Override
    public void opened(List<Engine> engines) throws IOException {
        seats = IntStream.range(0, engines.size())
                .mapToObj(shard -> seat(shard, engines.get(shard)))
                .toList();
        answers = new NodeAnswers(
                seats.stream().collect(Collectors.toMap(ShardSeat::shard, seat -> seat)),
                config.replicationFactor(),
                new Self());
        proposals = new ForeignProposals(ratis, config.shards(), () -> status == null || !status.isDiskFull());
        // First, since a second node of this one's name must not vote.
        Peers connected = connect();
        peers = connected;
        try {
            if (identity.isPresent() && identity.get().standing() != Standing.REMOVED) {
                ratis.start(identity.get().cluster());
            }
        } catch (IOException | RuntimeException e) {
            connected.close();
            throw e;
        }
        upkeep = new ClusterUpkeep(config, directory, ratis, seats, connected, first, identity, System::nanoTime);
        administrator.connected(connected, upkeep::self);
        var unused = ticks.scheduleWithFixedDelay(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private ShardSeat seat(int shard, Engine engine) {
        ShardMembership membership = memberships.get(shard);
        return new ShardSeat(
                membership,
                leaderships.get(shard),
                engine,
                new SnapshotLender(engine, System::nanoTime),
                new SnapshotFetcher(
                        () -> peers,
                        membership.shard(),
                        directory.shard(shard),
                        engine,
                        config.snapshotBytesPerSecond(),
                        System::nanoTime));
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
            seats.forEach(seat -> seat.lender().takeBackIdle());
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

    private final class Events implements ShardEvents, ProposalRoute {

        private final int shard;
        private final ShardMembership membership;

        Events(int shard, ShardMembership membership) {
            this.shard = shard;
            this.membership = membership;
        }

        @Override
        public void changed() {
            tickSoon();
        }

        @Override
        public Optional<String> leader() {
            return membership.leader();
        }

        @Override
        public CompletableFuture<byte[]> propose(String leader, byte[] proposal) {
            Peers current = peers;
            return current == null
                    ? CompletableFuture.failedFuture(new IOException("this node is not connected to the others yet"))
                    : current.propose(ClusterIdentity.nodeOf(leader), proposal);
        }

        @Override
        public CompletableFuture<LogPosition> fetchSnapshot(String leader, Replica replica) {
            return CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return seats.get(shard).fetcher().fetch(ClusterIdentity.nodeOf(leader), replica);
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
        public void proposed(byte[] proposal, Consumer<byte[]> answer) {
            proposals.take(proposal, answer);
        }

        @Override
        public void refused(String reason) {
            LOG.log(Level.ERROR, "This node takes part no more: {0}", reason);
            isClosed = true;
            refusal = reason;
            leaderships.forEach(leadership -> leadership.update(false, Optional.empty()));
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
                    shardStates());
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

    /** Of the shards that this node keeps replicas of. */
    private Map<String, ShardStatus> shardStates() {
        Map<String, ShardStatus> states = new TreeMap<>();
        for (ShardSeat seat : seats) {
            try {
                if (seat.membership().isHere()) {
                    states.put(seat.shard(), seat.membership().status());
                }
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "No replica to ask", e);
            }
        }
        return states;
    }

    // --- any thread ---

    @Override
    public Leadership leadership(int shard) {
        return leaderships.get(shard);
    }

    @Override
    public boolean isMember() {
        ClusterUpkeep current = upkeep;
        return refusal.isEmpty() && current != null && current.isMember();
    }

    @Override
    public ClusterOperations operations() {
        return administrator;
    }

    @Override
    public ClusterFigures figures() {
        ClusterUpkeep current = upkeep;
        return current == null ? new ClusterFigures(0, List.of()) : current.figures();
    }

    @Override
    public List<String> problems() {
        if (!refusal.isEmpty()) {
            return List.of(refusal);
        }
        ClusterUpkeep current = upkeep;
        return current == null ? List.of("this node is connecting to the others of its cluster") : current.problems();
    }

    @Override
    public void drain() {
        isClosed = true;
        if (peers != null) {
            LeadHandover.run(
                    seats.stream().filter(seat -> seat.membership().isHere()).toList(), peers.present());
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
        seats.forEach(seat -> seat.lender().close());
        if (proposals != null) {
            proposals.close();
        }
        if (ratis != null) {
            ratis.close();
        }
    }
}
