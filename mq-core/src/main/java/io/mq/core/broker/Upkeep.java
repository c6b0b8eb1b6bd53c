package io.mq.core.broker;

import io.mq.core.command.AdvanceLogStartCommand;
import io.mq.core.command.ExpireProducersCommand;
import io.mq.core.config.Configuration;
import io.mq.core.config.Settings;
import io.mq.core.delivery.Subscriptions;
import io.mq.core.message.PartitionId;
import io.mq.core.message.Topic;
import io.mq.core.storage.Retention;
import io.mq.core.storage.Scrubber;
import io.mq.core.storage.SegmentLog;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What a broker does without being asked: checkpoints, retention, scrubbing, a look at the disk, ending stuck
 * subscribers, and rates.
 */
public final class Upkeep {

    private static final Logger LOG = System.getLogger(Upkeep.class.getName());

    private static final Duration TICK = Duration.ofMillis(250);
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** Producers forgotten by one command: it is to stay small beside the messages of a round. */
    private static final int EXPIRED_MAX = 1000;

    /**
     * When and how much.
     *
     * @param retention for topics that do not say
     * @param retentionBytes for topics that do not say
     */
    record Schedule(
            Duration checkpointInterval,
            long checkpointJournalBytes,
            Duration retentionInterval,
            Duration retention,
            long retentionBytes,
            long scrubBytesPerSecond,
            Duration producerExpiration) {

        static Schedule from(Configuration configuration) {
            return new Schedule(
                    configuration.get(Settings.CHECKPOINT_INTERVAL),
                    configuration.get(Settings.CHECKPOINT_JOURNAL_BYTES),
                    configuration.get(Settings.RETENTION_INTERVAL),
                    configuration.get(Settings.RETENTION),
                    configuration.get(Settings.RETENTION_BYTES),
                    configuration.get(Settings.SCRUB_BYTES_PER_SECOND),
                    configuration.get(Settings.PRODUCER_EXPIRATION));
        }
    }

    private final Schedule schedule;
    private final Shards shards;
    private final TopicSpread spread;
    private final Subscriptions subscriptions;
    private final DiskSpace diskSpace;
    private final Figures figures;
    private final Scrubber scrubber;
    private final BrokerObserver observer;
    private final InstantSource clock;
    private final LongSupplier nanoClock;

    private long lastSampleNanos;

    Upkeep(
            Schedule schedule,
            Shards shards,
            TopicSpread spread,
            Subscriptions subscriptions,
            DiskSpace diskSpace,
            Figures figures,
            Scrubber scrubber,
            BrokerObserver observer,
            InstantSource clock,
            LongSupplier nanoClock) {
        this.schedule = schedule;
        this.shards = shards;
        this.spread = spread;
        this.subscriptions = subscriptions;
        this.diskSpace = diskSpace;
        this.figures = figures;
        this.scrubber = scrubber;
        this.observer = observer;
        this.clock = clock;
        this.nanoClock = nanoClock;
        this.lastSampleNanos = nanoClock.getAsLong();
    }

    private interface Task {
        void run() throws IOException;
    }

    /** Starts everything; stopping the scheduler stops it. */
    void startOn(ScheduledExecutorService scheduler) {
        repeat(scheduler, "disk space check", TICK, diskSpace::refresh);
        for (Shard shard : shards.all()) {
            repeat(scheduler, "checkpoint", TICK, () -> checkpointIfDue(shard.engine()));
        }
        if (shards.count() > 1) {
            repeat(scheduler, "look at other shards' topics", TICK, spread::mend);
        }
        repeat(scheduler, "retention", schedule.retentionInterval, this::enforceRetention);
        repeat(scheduler, "expiry of producers", schedule.retentionInterval, this::expireProducers);
        repeat(scheduler, "stall check", TICK, subscriptions::endStalled);
        repeat(scheduler, "rate sampling", SECOND, this::sampleRates);
        if (schedule.scrubBytesPerSecond > 0) {
            repeat(scheduler, "scrub", SECOND, () -> scrubber.advance(schedule.scrubBytesPerSecond));
        }
    }

    private static void repeat(ScheduledExecutorService scheduler, String name, Duration interval, Task task) {
        Runnable guarded = () -> {
            try {
                task.run();
            } catch (IOException | RuntimeException e) {
                // An exception would silently end the repetition; the next attempt may do better.
                LOG.log(Level.WARNING, "The " + name + " failed and will be repeated", e);
            }
        };
        var unused =
                scheduler.scheduleWithFixedDelay(guarded, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void checkpointIfDue(Engine engine) throws IOException {
        boolean isDue = engine.checkpointer().ageNanos() >= schedule.checkpointInterval.toNanos()
                || engine.checkpointer().uncoveredBytes(engine.journal()) >= schedule.checkpointJournalBytes
                || engine.checkpointer().isWanted();
        if (isDue && engine.journal().isHealthy()) {
            long start = nanoClock.getAsLong();
            if (engine.checkpoint()) {
                observer.checkpointed(nanoClock.getAsLong() - start);
            }
        }
    }

    /** Journals how much of each log may go; the files follow with the next checkpoint. */
    void enforceRetention() throws IOException {
        for (Shard shard : shards.all()) {
            if (shard.leadership().isLeading()) {
                enforceRetention(shard);
            }
        }
    }

    private void enforceRetention(Shard shard) throws IOException {
        Instant now = clock.instant();
        for (Topic topic : shard.state().catalog().topics()) {
            Duration age = topic.config().retention().orElse(schedule.retention);
            long bytes = topic.config().retentionBytes().orElse(schedule.retentionBytes);
            for (int i = 0; i < topic.partitions(); i++) {
                enforceRetention(shard, topic.partition(i), age, bytes, now);
            }
        }
    }

    private void enforceRetention(Shard shard, PartitionId partition, Duration age, long bytes, Instant now)
            throws IOException {
        Optional<SegmentLog> log = shard.state().logs().find(partition);
        if (log.isEmpty()) {
            return;
        }
        long newStart = Retention.newStart(log.get(), age, bytes, now);
        if (newStart > log.get().start()) {
            shard.journal()
                    .submit(new AdvanceLogStartCommand(partition, newStart))
                    .thenRun(shard.engine().checkpointer()::want)
                    .exceptionally(e -> {
                        LOG.log(Level.DEBUG, "Retention of {0} put off: {1}", partition, e);
                        return null;
                    });
        }
    }

    /** Journals which producers are to be forgotten. */
    void expireProducers() {
        Instant idleSince = clock.instant().minus(schedule.producerExpiration);
        shards.all().stream()
                .filter(shard -> shard.leadership().isLeading())
                .forEach(shard -> expireProducers(shard, idleSince));
    }

    private static void expireProducers(Shard shard, Instant idleSince) {
        List<Long> idle = shard.state().producers().idleSince(idleSince);
        for (int from = 0; from < idle.size(); from += EXPIRED_MAX) {
            List<Long> some = idle.subList(from, Math.min(idle.size(), from + EXPIRED_MAX));
            shard.journal().submit(new ExpireProducersCommand(some, idleSince)).exceptionally(e -> {
                LOG.log(Level.DEBUG, "Expiry of producers put off: {0}", e.toString());
                return null;
            });
        }
    }

    private void sampleRates() {
        long now = nanoClock.getAsLong();
        figures.sample((now - lastSampleNanos) / 1e9);
        lastSampleNanos = now;
    }
}
