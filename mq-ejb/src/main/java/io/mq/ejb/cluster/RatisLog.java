package io.mq.ejb.cluster;

import io.mq.core.command.LogPosition;
import io.mq.core.error.Failures;
import io.mq.core.journal.Proposal;
import io.mq.core.journal.RaftLog;
import java.io.File;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.exceptions.ServerNotReadyException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServer.Division;
import org.apache.ratis.util.LifeCycle;

/** One shard's log, as a division of the node's Ratis server. */
final class RatisLog implements RaftLog {

    private static final long RELEASE_TIMEOUT_MILLIS = 10_000;

    /** About as long as an election takes; then whoever waits is told. */
    private static final Duration LEADERLESS_MAX = Duration.ofSeconds(2);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    /** Entries that must have been released for the engine to look at all. */
    private static final long RELEASED_MIN = 1;

    private static final Logger LOG = System.getLogger(RatisLog.class.getName());

    private final RatisNode node;
    private final String shard;
    private volatile ReplicaStateMachine stateMachine;
    private final Optional<ProposalRoute> route;
    private final ClientId self;
    private final SentProposals sent;
    private final AtomicLong calls = new AtomicLong();
    private final LogRetention retention = new LogRetention();

    /** Confined to the proposing thread: when it last began to find no leader; 0 while there is one. */
    private long leaderlessNanos;

    private volatile boolean isClosing;
    private volatile boolean isReopening;

    /**
     * @param sent what goes to other nodes is noted there
     * @param route empty where nothing does
     */
    RatisLog(
            RatisNode node,
            String shard,
            ReplicaStateMachine stateMachine,
            SentProposals sent,
            Optional<ProposalRoute> route) {
        this.node = node;
        this.shard = shard;
        this.stateMachine = stateMachine;
        this.self = sent.self();
        this.sent = sent;
        this.route = route;
    }

    ReplicaStateMachine stateMachine() {
        return stateMachine;
    }

    /** Says that the engine is about to close this log, and will open it again. */
    void reopening() {
        stateMachine.closing();
        isReopening = true;
    }

    /** What the engine opens this log with. */
    ReplicaStateMachine opening() {
        if (isReopening) {
            stateMachine = stateMachine.next();
        }
        return stateMachine;
    }

    /** Says that it has. */
    void reopened() {
        isReopening = false;
        stateMachine.opened();
    }

    @Override
    public void propose(Proposal proposal) {
        Proposed proposed = new Proposed(proposal);
        if (!node.isStarted()) {
            proposed.end(ProposalOutcome.NOT_READY, null);
            return;
        }
        Optional<String> other = route.flatMap(this::leader)
                .filter(leader -> !leader.equals(node.self().getId().toString()));
        if (other.isPresent()) {
            proposeTo(other.get(), proposed, calls.getAndIncrement());
        } else {
            proposeHere(proposed);
        }
    }

    /** Waits for one, but not for long, and not each time. */
    private Optional<String> leader(ProposalRoute to) {
        Optional<String> leader = to.leader();
        while (leader.isEmpty() && !isClosing) {
            long now = System.nanoTime();
            if (leaderlessNanos == 0) {
                leaderlessNanos = now;
            } else if (now - leaderlessNanos > LEADERLESS_MAX.toNanos()) {
                return leader;
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            leader = to.leader();
        }
        leaderlessNanos = 0;
        return leader;
    }

    private void proposeTo(String leader, Proposed proposed, long call) {
        if (!sent.put(call, proposed, leader)) {
            return;
        }
        ByteBuffer entry = proposed.proposal().entry();
        var unused = route.orElseThrow()
                .propose(leader, ForeignProposal.encode(shard, self, call, entry))
                .whenComplete((answer, failure) -> answered(call, answer, failure));
    }

    private void answered(long call, byte[] answer, Throwable failure) {
        try {
            if (failure == null) {
                sent.end(call, ProposalOutcome.decode(answer), null);
            } else {
                sent.end(call, ProposalOutcome.UNKNOWN, Failures.cause(failure));
            }
        } catch (IOException e) {
            sent.end(call, ProposalOutcome.UNKNOWN, e);
        }
    }

    private void proposeHere(Proposed proposed) {
        var unused = node.submit(shard, self, calls.getAndIncrement(), proposed)
                .whenComplete((reply, thrown) -> proposed.end(reply, thrown));
    }

    @Override
    public void release(LogPosition through) {
        if (!node.isStarted()) {
            stateMachine.release(through, through.index());
            return;
        }
        stateMachine.release(through, forgettable(through));
        RaftServer server = node.server();
        SnapshotManagementRequest request = SnapshotManagementRequest.newCreate(
                self, server.getId(), node.group(shard), calls.getAndIncrement(), RELEASE_TIMEOUT_MILLIS, RELEASED_MIN);
        try {
            server.snapshotManagement(request);
        } catch (ServerNotReadyException e) {
            LOG.log(Level.DEBUG, "The log is not open, or not a member's yet", e);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "The log of shard {0} keeps what is checkpointed: {1}", shard, e);
        }
    }

    private long forgettable(LogPosition through) {
        try {
            Division division = node.server().getDivision(node.group(shard));
            return retention.release(through.index(), ShardMembership.matching(division), bytesOf(division));
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "The log was closed before", e);
            return through.index();
        }
    }

    /** One that is deleted meanwhile counts as none, and so does the log of a replica that has yet to be added. */
    private static long bytesOf(Division division) {
        if (division.getInfo().getLifeCycleState() == LifeCycle.State.NEW) {
            return 0;
        }
        File[] files = division.getRaftStorage().getStorageDir().getCurrentDir().listFiles();
        return files == null ? 0 : Arrays.stream(files).mapToLong(File::length).sum();
    }

    @Override
    public void leave() {
        closing();
        // Closing waits for the engine's threads, of which the caller may be one.
        Thread closing = new Thread(this::closeDivision, "mq-leave-" + shard);
        closing.setDaemon(true);
        closing.start();
    }

    @Override
    public void close() {
        closing();
        closeDivision();
    }

    /** Nothing is to open this log again. */
    private void closing() {
        isClosing = true;
        stateMachine.closing();
    }

    private void closeDivision() {
        if (!node.isStarted()) {
            return;
        }
        Division division;
        try {
            division = node.server().getDivision(node.group(shard));
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "The log was closed before", e);
            return;
        }
        division.close();
    }
}
