package io.mq.ejb.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.junit.jupiter.api.Test;

/** Settings of the engine whose absence no other test can see: a process does not survive to tell of a power cut. */
class RatisPropertiesTest {

    private final RaftProperties properties = properties(1);

    private static RaftProperties properties(int shards) {
        return RatisProperties.of(new RatisConfig(
                "a", Path.of("raft"), "127.0.0.1", 7801, 1 << 20, shards, Duration.ofMillis(500), Optional.empty()));
    }

    @Test
    void nothingIsAcknowledgedBeforeTheForceOfTheLog() {
        assertThat(Log.unsafeFlushEnabled(properties)).isFalse();
        assertThat(Log.asyncFlushEnabled(properties)).isFalse();
        assertThat(Log.forceSyncNum(properties)).isPositive();
    }

    /** Or a node with many of them would need a heap of its own for each. */
    @Test
    void shardsShareWhatLogsKeepInMemory() {
        assertThat(16 * inMemory(properties(16))).isLessThanOrEqualTo(inMemory(properties));
    }

    private static long inMemory(RaftProperties properties) {
        return (1L + Log.segmentCacheNumMax(properties))
                * Log.segmentSizeMax(properties).getSize();
    }

    /** Each may be as large as the largest entry, and a follower that follows up has all of them in memory. */
    @Test
    void aLeaderSendsFewAppendsAtOnce() {
        assertThat(GrpcConfigKeys.Server.leaderOutstandingAppendsMax(properties))
                .isLessThanOrEqualTo(2);
    }

    @Test
    void damagedLogStopsTheNode() {
        assertThat(Log.corruptionPolicy(properties)).isEqualTo(Log.CorruptionPolicy.EXCEPTION);
    }
}
