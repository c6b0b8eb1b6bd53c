package io.mq.ejb.engine;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.protocol.TermIndex;

/**
 * The engine's gRPC, but for what sends a leader's log to a follower. A follower that comes back may answer between the
 * moment when the appender looks whether the log still has what it needs and the moment when the appender reads it; the
 * appender then fails on an entry that is gone, and in Ratis 3.2.2 nobody starts it again: RATIS-2499. The follower would
 * hear nothing any more, for as long as this leader leads.
 */
public final class MendedRpc implements RpcType {

    private static final Logger LOG = System.getLogger(MendedRpc.class.getName());

    private static final long PAUSE_MILLIS = 50;

    /** A follower that has answered within this time is there. */
    private static final long ANSWERING_MILLIS = 500;

    private static final long CONFIGURATION_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Of failures one after the other; what fails so often has come into a state that it does not get out of by itself. */
    private static final int FAILURES_MAX = 100;

    @Override
    public String name() {
        return MendedRpc.class.getName();
    }

    @Override
    public RpcFactory newFactory(Parameters parameters) {
        return new Factory(parameters);
    }

    private static final class Factory extends GrpcFactory {

        Factory(Parameters parameters) {
            super(parameters);
        }

        @Override
        public SupportedRpcType getRpcType() {
            return SupportedRpcType.GRPC;
        }

        @Override
        public GrpcServices newRaftServerRpc(RaftServer server) {
            return super.newRaftServerRpc(GuardedServer.of(server));
        }

        @Override
        public LogAppender newLogAppender(RaftServer.Division server, LeaderState leader, FollowerInfo follower) {
            return new LastingAppender(server, leader, follower);
        }
    }

    /** Goes on after a failure, with all that it knows of the follower; looks at once where there is something to tell it. */
    private static final class LastingAppender extends GrpcLogAppender {

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
                return request.toBuilder()
                        .clearLastRaftConfigurationLogEntryProto()
                        .build();
            }
            configurationNanos = now;
            return request;
        }

        /** One that does not answer is told when it does. */
        private void tellAtOnce() {
            boolean isThere = getFollower().getLastRpcResponseTime().elapsedTimeMs() < ANSWERING_MILLIS;
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
                    MendedRpc.LOG.log(Level.INFO, "Sending the log to {0} failed and goes on: {1}", getFollowerId(), e);
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
}
