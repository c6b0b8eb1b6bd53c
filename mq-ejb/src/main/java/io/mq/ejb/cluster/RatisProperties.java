package io.mq.ejb.cluster;

import io.mq.ejb.engine.MendedRpc;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.server.RaftServerConfigKeys.Rpc;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/**
 * The engine's settings, each with what happens without it. What is not here has the engine's default; among these,
 * that a force precedes every acknowledgement ({@code unsafe-flush} and {@code async-flush} are off) and that a damaged
 * log stops the node instead of being cut off.
 */
final class RatisProperties {

    /** What a message needs beside the entries in it: the engine insists on it. */
    private static final int MESSAGE_OVERHEAD_BYTES = 1 << 20;

    /** Of the frame of one entry in the log's file. */
    private static final int FRAME_BYTES = 8;

    /** Of the last files of all logs together. */
    private static final int FILES_BYTES = 4 << 20;

    /** Smaller ones would not be worth it to begin them. */
    private static final int FILE_BYTES_MIN = 256 << 10;

    private RatisProperties() {}

    static RaftProperties of(RatisConfig config) {
        RaftProperties properties = new RaftProperties();
        RaftConfigKeys.Rpc.setType(properties, new MendedRpc());
        files(properties, config);
        sizes(properties, config.entryBytesMax(), config.shards());
        times(properties, config.electionTimeout());
        // One node that becomes two would be refused: two are a majority of two.
        RaftServerConfigKeys.LeaderElection.setMemberMajorityAdd(properties, true);
        snapshots(properties);
        GrpcConfigKeys.Server.setHost(properties, config.host());
        GrpcConfigKeys.Server.setPort(properties, config.port());
        return properties;
    }

    /** With TLS for whoever connects: other replicas, and the engine's clients and tools, which mq has none of. */
    static Parameters secrets(RatisConfig config) {
        Parameters parameters = new Parameters();
        config.certificates()
                .ifPresent(certificates -> GrpcConfigKeys.TLS.setConf(
                        parameters, new GrpcTlsConfig(certificates.keyManager(), certificates.trustManager(), true)));
        return parameters;
    }

    /** Both lie in the directory for temporary files otherwise, which a reboot may empty. */
    private static void files(RaftProperties properties, RatisConfig config) {
        RaftServerConfigKeys.setStorageDir(properties, List.of(config.logs().toFile()));
        RaftServerConfigKeys.setRemovedGroupsDir(
                properties, config.directory().resolve("removed").toFile());
    }

    /** With the defaults, four shards run out of a heap of 512 MB. */
    private static void sizes(RaftProperties properties, int entryBytesMax, int shards) {
        // An entry that exceeds this would depose the leader, so it must hold the largest.
        SizeInBytes appended = SizeInBytes.valueOf(Math.max(4 << 20, entryBytesMax + MESSAGE_OVERHEAD_BYTES));
        Log.Appender.setBufferByteLimit(properties, appended);
        // Each may be as large as that, and a follower that follows up has as many of them in memory. It writes one
        // after the other anyway.
        GrpcConfigKeys.Server.setLeaderOutstandingAppendsMax(properties, 2);
        GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf(appended.getSize() + MESSAGE_OVERHEAD_BYTES));
        // After a thousand failures, the engine's own policy has it try again without any pause for as long as a node
        // is gone.
        Log.Appender.setRetryPolicy(properties, "10ms,10, 200ms,20, 1s,1000000000");
        // An entry that does not fit would fail the log.
        Log.setWriteBufferSize(properties, SizeInBytes.valueOf(appended.getSize() + FRAME_BYTES));
        // The engine keeps the last file in memory, and as many before it. A larger entry makes its file larger.
        Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(Math.max(FILE_BYTES_MIN, FILES_BYTES / shards)));
        Log.setSegmentCacheNumMax(properties, 2);
        Log.setSegmentCacheSizeMax(
                properties, SizeInBytes.valueOf(Math.max(2 * FILE_BYTES_MIN, 4 * FILES_BYTES / shards)));
        Log.setQueueByteLimit(properties, SizeInBytes.valueOf("16MB"));
        // Or each commit is an entry of its own, written, forced and sent to all, for a node that is without a majority
        // to know what was committed; such a node answers nobody.
        Log.setLogMetadataEnabled(properties, false);
    }

    private static void times(RaftProperties properties, Duration electionTimeout) {
        TimeDuration shortest = TimeDuration.valueOf(electionTimeout.toMillis(), TimeUnit.MILLISECONDS);
        TimeDuration longest = TimeDuration.valueOf(2 * electionTimeout.toMillis(), TimeUnit.MILLISECONDS);
        Rpc.setTimeoutMin(properties, shortest);
        Rpc.setTimeoutMax(properties, longest);
        Rpc.setFirstElectionTimeoutMin(properties, shortest);
        Rpc.setFirstElectionTimeoutMax(properties, longest);
        // Without contact to a majority for this long a leader tells its callers that they have to doubt.
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(properties, longest);
        // How long a new replica may say nothing while it takes over what there is.
        RaftServerConfigKeys.setStagingTimeout(properties, TimeDuration.valueOf(30, TimeUnit.SECONDS));
        // After a pause of the process of a minute the engine would shut itself down for good.
        RaftServerConfigKeys.setCloseThreshold(properties, TimeDuration.valueOf(1, TimeUnit.DAYS));
        // It answers repeated calls, of which there are none; it would hold their memory for a minute.
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, TimeDuration.valueOf(5, TimeUnit.SECONDS));
    }

    /** Snapshots are mq's checkpoints, taken when mq takes them and never sent by the engine. */
    private static void snapshots(RaftProperties properties) {
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setTriggerWhenRemoveEnabled(properties, false);
        Log.Appender.setInstallSnapshotEnabled(properties, false);
        Log.setPurgeUptoSnapshotIndex(properties, true);
        Log.setPurgeGap(properties, 1);
    }
}
