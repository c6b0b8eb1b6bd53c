package io.mq.ejb.engine;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLogIOException;

/**
 * Sends a leader's log to a follower; goes on after a failure, with all that it knows of the follower, and looks at once where
 * there is something to tell it.
 *
 * <p>A follower that comes back may answer between the moment when the appender looks whether the log still has what it needs
 * and the moment when the appender reads it; the appender then fails on an entry that is gone, and in Ratis 3.2.2 nobody
 * starts it again: RATIS-2499. The follower would hear nothing any more, for as long as this leader leads.
 *
 * <p>And where a connection is lost, so are the answers to what was sent over it, and the engine goes on behind that. It
 * learns whether the follower has it from the answer to the next entry; heartbeats do not tell. Where nothing more is
 * published, whoever has published the last would wait for ever.
 *
 * <p>A follower that answers nothing is sent nothing but heartbeats until it does. The engine would go on reading its log for
 * it: where another replica is at the address of one that is gone, and refuses what is meant for that, the whole log again and
 * again, all of it into its memory.
 */
final class LastingAppender extends GrpcLogAppender {

    private static final Logger LOG = System.getLogger(LastingAppender.class.getName());

    private static final long PAUSE_MILLIS = 50;

    /** A follower that has answered within this time is there. */
    private static final long ANSWERING_MILLIS = 500;

    /** Several heartbeats; one that has not answered for longer may be gone. */
    private static final long SILENT_MILLIS = 2_000;

    private static final long CONFIGURATION_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Of failures one after the other; what fails so often has come into a state that it does not get out of by itself. */
    private static final int FAILURES_MAX = 100;

    /** For how long answers may be missing that nobody waits for any more; those that are just being dealt with do not. */
    private static final long LOST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** The first entry that was ever sent. Confined to the appender's thread, as is what follows. */
    private long firstSent = Long.MAX_VALUE;

    /** Since when there are entries whose answers nobody waits for; 0 where there are none. */
    private long lostNanos;

    /** When the follower was last told the configuration; 0 for never. Confined to the appender's thread. */
    private long configurationNanos;

    LastingAppender(RaftServer.Division server, LeaderState leader, FollowerInfo follower) {
        super(server, leader, follower);
    }

    @Override
    public void run() throws IOException {
        if (getServer().getStateMachine() instanceof Followed followed) {
            Runnable wake = this::tellAtOnce;
            followed.following(wake);
            try {
                runLasting();
            } finally {
                followed.followingEnds(wake);
            }
        } else {
            runLasting();
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>It is sent again and again while the follower takes over a checkpoint, and each time the follower has no
     * configuration for a moment, before it takes that of the request. Where it stands for election in that moment, it
     * takes itself for removed, and ends. So it is not told each time.
     */
    @Override
    public InstallSnapshotRequestProto newInstallSnapshotNotificationRequest(TermIndex firstAvailable) {
        InstallSnapshotRequestProto request = super.newInstallSnapshotNotificationRequest(firstAvailable);
        long now = System.nanoTime();
        boolean isKnown = configurationNanos != 0 && now - configurationNanos < CONFIGURATION_NANOS;
        // A new one finds out by it who the leader is.
        if (isKnown && !getLeaderState().isFollowerBootstrapping(getFollower())) {
            return request.toBuilder().clearLastRaftConfigurationLogEntryProto().build();
        }
        configurationNanos = now;
        return request;
    }

    @Override
    public AppendEntriesRequestProto newAppendEntriesRequest(long callId, boolean isHeartbeat)
            throws RaftLogIOException {
        AppendEntriesRequestProto request = super.newAppendEntriesRequest(callId, isHeartbeat || isSilent());
        if (request != null && request.getEntriesCount() > 0) {
            firstSent = Math.min(firstSent, request.getEntries(0).getIndex());
        }
        return request;
    }

    /** {@inheritDoc} One that says nothing is not asked for more often because there is something to send. */
    @Override
    public long getWaitTimeMs() {
        return isSilent() ? getHeartbeatWaitTimeMs() : super.getWaitTimeMs();
    }

    private boolean isSilent() {
        return answeredMillisAgo() > SILENT_MILLIS;
    }

    private long answeredMillisAgo() {
        return getFollower().getLastRpcResponseTime().elapsedTimeMs();
    }

    @Override
    public boolean shouldSendAppendEntries() {
        sendAgainWhatIsLost();
        return super.shouldSendAppendEntries();
    }

    /** What the follower has already, it leaves as it is. */
    private void sendAgainWhatIsLost() {
        long unsure = Math.max(getFollower().getMatchIndex() + 1, firstSent);
        long unknown = Math.max(unsure, getRaftLog().getStartIndex());
        if (unknown >= getFollower().getNextIndex() || hasPendingDataRequests()) {
            lostNanos = 0;
            return;
        }
        long now = System.nanoTime();
        if (lostNanos == 0) {
            lostNanos = now;
        } else if (now - lostNanos > LOST_NANOS) {
            lostNanos = 0;
            getFollower().computeNextIndex(next -> Math.min(next, unknown));
        }
    }

    /** One that does not answer is told when it does. */
    private void tellAtOnce() {
        boolean isThere = answeredMillisAgo() < ANSWERING_MILLIS;
        // What is sent anyway tells it as well; a heartbeat beside it would not.
        if (isThere && !hasPendingDataRequests() && !hasAppendEntries()) {
            triggerHeartbeat();
        }
    }

    private void runLasting() throws IOException {
        for (int failures = 1; ; failures++) {
            try {
                super.run();
                return;
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                if (!isRunning()) {
                    return;
                }
                LOG.log(Level.INFO, "Sending the log to {0} failed and goes on: {1}", getFollowerId(), e);
                if (failures == FAILURES_MAX) {
                    getLeaderState().restart(this);
                    return;
                }
                pause();
            }
        }
    }

    private static void pause() throws InterruptedIOException {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while sending the log paused");
        }
    }
}
