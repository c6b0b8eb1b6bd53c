package io.mq.core.broker;

import io.mq.core.cluster.ClusterFigures;
import io.mq.core.delivery.Subscriptions;
import io.mq.core.storage.DataDirectory;
import io.mq.core.storage.Scrubber;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How the broker is and what it has done, for health checks, metrics and people.
 *
 * <p>Safe for use by any thread.
 */
public final class BrokerStatus {

    /** A checkpoint that is this many intervals late is a problem. */
    private static final int LATE_CHECKPOINTS = 10;

    private final BrokerConfig config;
    private final DataDirectory directory;
    private final Shards shards;
    private final Subscriptions subscriptions;
    private final DiskSpace diskSpace;
    private final Figures figures;
    private final Damage damage;
    private final Scrubber scrubber;
    private final Optional<ClusterSeat> seat;

    private final String version = Version.current();

    private volatile boolean isClosing;

    BrokerStatus(
            BrokerConfig config,
            DataDirectory directory,
            Shards shards,
            Subscriptions subscriptions,
            DiskSpace diskSpace,
            Figures figures,
            Damage damage,
            Scrubber scrubber,
            Optional<ClusterSeat> seat) {
        this.config = config;
        this.directory = directory;
        this.shards = shards;
        this.subscriptions = subscriptions;
        this.diskSpace = diskSpace;
        this.figures = figures;
        this.damage = damage;
        this.scrubber = scrubber;
        this.seat = seat;
    }

    void closing() {
        isClosing = true;
    }

    /** Looks at everything that can go wrong; cheap enough to be called often. */
    public BrokerHealth health() {
        List<String> problems = new ArrayList<>();
        boolean isLive = shards.all().stream().allMatch(shard -> shard.journal().isHealthy());
        if (!isLive) {
            problems.add("the journal has failed; restart mq, which verifies all files");
        }
        if (isClosing) {
            problems.add("shutting down");
        }
        if (diskSpace.isFull()) {
            problems.add("the disk is full: %d bytes are free, publishing is refused below %d"
                    .formatted(diskSpace.usableBytes(), config.freeBytesMin()));
        }
        checkpointProblem(problems);
        damage.reports().forEach(report -> problems.add("stored messages are damaged: " + report));
        List<String> apart = seat.map(ClusterSeat::problems).orElse(List.of());
        problems.addAll(apart);
        return new BrokerHealth(isLive, isLive && !isClosing && apart.isEmpty(), problems);
    }

    private void checkpointProblem(List<String> problems) {
        for (Shard shard : shards.all()) {
            shard.engine()
                    .checkpointer()
                    .lastFailure()
                    .ifPresent(e -> problems.add("checkpoints fail: " + e.getMessage()));
        }
        Duration late = config.upkeep().checkpointInterval().multipliedBy(LATE_CHECKPOINTS);
        if (checkpointAge().compareTo(late) > 0) {
            problems.add(
                    "the last checkpoint is %d s old".formatted(checkpointAge().toSeconds()));
        }
    }

    public String nodeId() {
        return seat.map(ClusterSeat::nodeId).orElseGet(directory::nodeId);
    }

    /** The version of mq. */
    public String version() {
        return version;
    }

    public Path dataDirectory() {
        return directory.root();
    }

    /** What the last start had to make up for. */
    public RecoverySummary recovery() {
        return shards.all().stream()
                .map(shard -> shard.engine().recovery())
                .reduce(RecoverySummary::plus)
                .orElseThrow();
    }

    /** Of the shard whose last checkpoint is the oldest. */
    public Duration checkpointAge() {
        return Duration.ofNanos(shards.all().stream()
                .mapToLong(shard -> shard.engine().checkpointer().ageNanos())
                .max()
                .orElseThrow());
    }

    /** Journal bytes that a restart would have to replay now. */
    public long replayableJournalBytes() {
        return shards.all().stream()
                .mapToLong(shard -> shard.engine().checkpointer().uncoveredBytes(shard.journal()))
                .sum();
    }

    public long usableDiskBytes() {
        return diskSpace.usableBytes();
    }

    public boolean isDiskFull() {
        return diskSpace.isFull();
    }

    /** Producers with a number that are remembered. */
    public int producers() {
        return shards.catalog().state().producers().size();
    }

    /** Open subscriptions. */
    public int subscriptions() {
        return subscriptions.count();
    }

    /** Places at which stored bytes were found damaged since the start. */
    public int damages() {
        return damage.reports().size();
    }

    /** How often everything stored has been re-read and checked since the start. */
    public long scrubPasses() {
        return scrubber.passes();
    }

    /** This node's part in its cluster; empty where it belongs to none. */
    public Optional<ClusterFigures> cluster() {
        return seat.map(ClusterSeat::figures);
    }

    public Figures figures() {
        return figures;
    }
}
